"""Web, worker, beat and database are killed; the clients' own journals say what must be left."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import psutil
import psycopg
import pytest
from django.db import connections

from creators.models import Withdrawal
from gifts.models import Gift
from tests.conftest import as_maintainer
from tests.creators.make import make_paid_creator, make_stream
from tests.live import Site
from tests.make import make_user
from tests.slow.crowd import Earner, Person, Room, Viewer
from tests.slow.journals import Entry, booked_entries, differences
from tests.slow.visits import Visitor
from wallets.check import ledger_check
from wallets.models import Hold, Recharge
from wallets.selectors.balances import coins_of, diamonds_of
from wallets.selectors.prices import rate_card

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("KILLS_SEED", "1"))
VIEWERS, CREATORS = 6, 2
LONGEST_SECONDS = 24 * 60
PATIENCE_SECONDS = 180
SETTLE_SECONDS = 180
GIFTS = ("acorn", "tulip", "river-koi", "bicycle")
TRIED = {"gift done", "gift refused", "undo done", "recharge done", "withdrawal done"}
WHAT_DIES = {"web": 4, "database": 3, "worker": 2, "beat": 1}
ENVIRONMENT = {
    "CLEARING_DAYS_OFFLINE": "0",
    "CLEARING_STEP_SECONDS": "1",
    "CLEARING_SWEEP_SECONDS": "2",
    "UNDO_SECONDS": "3",
    "UNDO_PER_DAY": "100000",
    "PAYOUT_BATCH_SECONDS": "2",
    "PAYOUT_AUTO_APPROVE": "1",
    "MANUAL_RAIL_PAYS_ITSELF": "1",
    "RECHARGE_MAX_COINS_DAY": "100000000",
    "WITHDRAWAL_MINIMUM_MINOR": "100",
    "WITHDRAWAL_MAXIMUM_DAY_MINOR": "1000000000",
    "WITHDRAWAL_REVIEW_MINOR": "1000000000",
}


def test_the_comparison_names_what_was_doubled_and_what_is_missing():
    journal = [
        Entry(actor=1, key=f"key-{n}", kind="gift", done=True, amount=5, proof=f"gift-{n}")
        for n in range(4)
    ]
    refused = Entry(actor=2, key="key-0", kind="gift", done=False, proof="insufficient_coins")
    assert differences([*journal, refused], journal) == []

    doubled, missing, other = journal[0], journal[1], replace(journal[2], amount=6)
    untold = replace(journal[3], key="key-of-nobody")
    booked = [doubled, doubled, other, journal[3], untold, replace(refused, done=True)]
    found = differences([*journal, refused], booked)
    assert found == [
        f"booked 2 times: {doubled}",
        f"missing: {missing}",
        f"booked otherwise: {journal[2]}, as {other}",
        f"refused and yet booked: {booked[-1]}",
        f"nobody was told of: {untold}",
    ]


@pytest.mark.site(worker=True, beat=True, environment=ENVIRONMENT)
def test_nothing_that_was_answered_is_lost_or_doubled(live_site, record_property, capsys):
    live_site.may_log_errors = True  # it dies in the middle of its work
    closing = threading.Event()
    people = make_people(live_site, closing)
    connections.close_all()
    began = time.monotonic()
    for person in people:
        person.start()

    def say(text: str) -> None:
        with capsys.disabled():
            seconds = int(time.monotonic() - began)
            written = sum(len(person.journal) for person in people)
            print(f"\n  {seconds:>4} s: {text}; {written} answers", end="", flush=True)

    with closing_after(closing, people):
        killed = kill_again_and_again(live_site, people, say, until=began + LONGEST_SECONDS)
        wait_until_everything_was_tried(people)
    settle(live_site)

    journal = [entry for person in people for entry in person.journal]
    kinds = what_was_tried(people)
    asked_again = sum(person.visitor.unanswered for person in people)
    say(f"{dict(killed)} killed; {dict(kinds)}; {asked_again} requests asked again")
    record_property("kills", killed.total())

    assert differences(journal, booked_entries()) == []
    assert everything_they_hold(people) == everything_they_wrote_down(people)
    assert not Hold.objects.filter(state=Hold.State.PENDING).exists()
    assert not Withdrawal.objects.exclude(state=Withdrawal.State.PAID).exists()
    assert not Recharge.objects.exclude(state__in=["credited", "declined"]).exists()
    assert ledger_check() == []
    assert asked_again, "no kill hit a request"
    assert killed.total() == KILLS, f"only {killed.total()} kills in {LONGEST_SECONDS} s"


def make_people(site: Site, closing: threading.Event) -> list[Person]:
    prices = dict(Gift.objects.filter(slug__in=GIFTS).values_list("slug", "coins"))
    rooms, people = [], []
    for number in range(CREATORS):
        creator = make_paid_creator()
        place = make_stream(creator).place
        rooms.append(Room(path=f"/live/{place.public_id}/", gifts=prices, rate_card=rate_card().pk))
        people.append(Earner(visitor(creator.user, site), seed=SEED + number, closing=closing))
    for number in range(VIEWERS):
        people.append(
            Viewer(
                visitor(make_user(), site),
                room=rooms[number % CREATORS],
                seed=SEED + CREATORS + number,
                closing=closing,
            )
        )
    return people


def visitor(user, site: Site) -> Visitor:
    return Visitor(user, port=site.port, patience_seconds=PATIENCE_SECONDS)


@contextmanager
def closing_after(closing: threading.Event, people: list[Person]) -> Iterator[None]:
    """However the killing ends, people end what they began; what went wrong for them is raised."""
    try:
        yield
    finally:
        closing.set()
        for person in people:
            person.join(2 * PATIENCE_SECONDS)
    for person in people:
        assert not person.is_alive(), f"{person.name} still waits for an answer"
        if person.error:
            raise person.error


def what_was_tried(people: list[Person]) -> Counter[str]:
    journal = [entry for person in people for entry in person.journal]
    return Counter(f"{entry.kind} {'done' if entry.done else 'refused'}" for entry in journal)


def wait_until_everything_was_tried(people: list[Person]) -> None:
    """A run in which nobody was refused or paid would say nothing about that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while missing := TRIED - what_was_tried(people).keys():
        assert time.monotonic() < deadline, f"nobody met: {missing}"
        assert not any(person.error for person in people)
        time.sleep(0.2)


def kill_again_and_again(
    site: Site, people: list[Person], say: Callable[[str], None], *, until: float
) -> Counter[str]:
    """Kill, start again, and let people work for a moment; the kills by what died."""
    chance, killed = random.Random(SEED), Counter[str]()  # noqa: S311 - repeatable
    time.sleep(3)
    while killed.total() < KILLS and time.monotonic() < until:
        time.sleep(chance.uniform(0.2, 2.5))
        died = chance.choices(list(WHAT_DIES), list(WHAT_DIES.values()))[0]
        if died == "database":
            kill_database(chance)
        else:
            site.kill(died)
            site.start(died)
        start_what_ended(site)
        killed[died] += 1
        if killed.total() % max(1, KILLS // 10) == 0:
            say(f"{killed.total()} of {KILLS} kills")
        for person in people:
            if person.error:
                return killed
    return killed


def kill_database(chance: random.Random) -> None:
    """As `kill -9` of a process that works for this database: PostgreSQL then starts again."""
    with as_maintainer() as maintainer:
        deadline = time.monotonic() + PATIENCE_SECONDS
        # One that was just ending by itself is not missed; another is killed then.
        ended = False
        while not ended:
            assert time.monotonic() < deadline, "PostgreSQL outlives its processes"
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(chance.choice(until_some(lambda: backends(maintainer))))
                assert "postgres" in process.name(), "PostgreSQL is not on this machine"
                process.kill()
            ended = ends(maintainer)
    wait_for_database()


def backends(maintainer: psycopg.Connection) -> list[int]:
    """The processes that serve this test's database now."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
    name = connections.settings["default"]["NAME"]
    return [pid for (pid,) in maintainer.execute(query, [name])]


def until_some(found: Callable[[], list[int]]) -> list[int]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (some := found()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return some


def ends(maintainer: psycopg.Connection) -> bool:
    """Whether the server ends this connection, as it ends all when one process was killed."""
    try:
        for _ in range(50):
            maintainer.execute("SELECT 1")
            time.sleep(0.02)
    except psycopg.OperationalError:
        return True
    return False


def wait_for_database() -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            as_maintainer().close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def start_what_ended(site: Site) -> None:
    """Whoever ended because the database was away is started again, as a supervisor does."""
    for name, process in list(site.processes.items()):
        if process.poll() is not None:
            del site.processes[name]
            site.start(name)


def settle(site: Site) -> None:
    """Until sweeps and batches have ended what was begun."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while Withdrawal.objects.exclude(state__in=Withdrawal.FINAL).exists():
        assert time.monotonic() < deadline, "a withdrawal is stuck:\n" + site.log("worker")[-3000:]
        time.sleep(0.5)


def everything_they_wrote_down(people: list[Person]) -> tuple[dict[int, int], int]:
    """Coins of each viewer by the journals, and the diamonds of all creators together."""
    signs = {"recharge": 1, "undo": 1, "gift": -1}
    coins = {
        person.visitor.user.pk: sum(signs[e.kind] * e.amount for e in person.journal if e.done)
        for person in people
        if isinstance(person, Viewer)
    }
    journal = [entry for person in people for entry in person.journal if entry.done]
    signs = {"gift": 1, "undo": -1, "recharge": 0, "withdrawal": -1}
    return coins, sum(signs[entry.kind] * entry.amount for entry in journal)


def everything_they_hold(people: list[Person]) -> tuple[dict[int, int], int]:
    viewers = [p.visitor.user.pk for p in people if isinstance(p, Viewer)]
    creators = [p.visitor.user.pk for p in people if isinstance(p, Earner)]
    diamonds = sum(held.total for creator in creators for held in diamonds_of(creator))
    return {viewer: coins_of(viewer) for viewer in viewers}, diamonds
