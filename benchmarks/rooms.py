"""What the benchmarks of rooms share: a world, a crowd on a server, and what came of it."""

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.crowd import Crowd, Load, compiled
from benchmarks.servers import CHECKOUT, servers
from benchmarks.sites import Kind, Site, serving

SENDERS = 64
COINS = 50_000_000
NAIVE_DATABASE = "gifteconomy_naive"


@dataclass(frozen=True, slots=True)
class Result:
    """What the clients saw, and what the serving process used."""

    seen: dict[str, Any]
    kib_per_viewer: float
    kib_per_viewer_after: float
    # How much more memory the process had at most during the load than when all had joined.
    grown_kib: float
    # Of a processor: what the process used, and what it would have used had one been free.
    processor: float
    delay: float
    exact: bool
    final: float  # the share of the gifts that were final when the load ended

    @property
    def deliveries(self) -> float:
        """Gifts made visible to viewers, a second."""
        return self.seen["views"] / self.seen["seconds"]

    @property
    def burdens(self) -> str:
        """How much the figures are of the server and not of the machine or the generator."""
        return (
            f"server {self.processor:.0%} and waited {self.delay:.0%} of a CPU,"
            f" generator {self.seen['busy']:.0%} busy"
        )


class World:
    """Servers with both apps' databases; the senders have coins in both."""

    def __init__(self, folder: Path, django: Pool) -> None:
        self.folder = folder
        self.django = django
        self.program = compiled(folder)
        self.senders: list[int] = django.apply(make_senders, (SENDERS,))
        self.price, self.rate_card = django.apply(gift_facts)
        self.rooms = 0
        prepare_naive(SENDERS)

    def measure(self, kind: Kind, load: Load) -> Result:
        """One load on one fresh server, in a room of its own."""
        self.rooms += 1
        people = self.folder / "people"
        if kind.naive:
            room = f"room{self.rooms}"
            lines = [f"/ws/{room}/0/\t"] * load.viewers
            lines += [f"/ws/{room}/{number + 2}/\t" for number in range(load.senders)]
            gift = f'{{"key":"@-{self.rooms}","coins":1}}'
            place_id = 0
        else:
            place_id, path, tickets = self.django.apply(open_room, (self.senders[: load.senders],))
            joins = [
                json.dumps({"type": "join", "v": 1, "ticket": t, "resume": None}) for t in tickets
            ]
            lines = [f"{path}\t{joins[0]}"] * load.viewers
            lines += [f"{path}\t{join}" for join in joins[1:]]
            gift = json.dumps(
                {
                    "type": "send_gift",
                    "v": 1,
                    "key": f"@-{self.rooms}",
                    "gift": "clover",
                    "quantity": 1,
                }
                | {"price_coins": self.price, "rate_card": self.rate_card, "confirmed": False}
            )
        people.write_text("".join(f"{line}\n" for line in lines))
        with serving(kind) as site:
            before = site.resident()
            crowd = Crowd(
                self.program, load, port=site.port, people=people, gift=gift, naive=kind.naive
            )
            joined, worked, delayed = site.resident(), site.worked(), site.delayed()
            with peak_of(site) as peak:
                seen = crowd.run()
            processor = (site.worked() - worked) / seen["seconds"]
            delay = (site.delayed() - delayed) / seen["seconds"]
            after = site.resident()
            counted = 0 if kind.naive else self.django.apply(counted_of, (place_id,))
            crowd.leave()
        exact = seen["exact"] == seen["viewers"]
        final = 0.0
        if not kind.naive:
            final = counted / max(1, seen["receipts"])
            truth = self.django.apply(totals_of, (place_id,))
            exact &= (seen["coins"], seen["gifts"]) == truth and truth[1] == seen["receipts"]
        sockets = max(1, load.viewers + load.senders)
        return Result(
            seen=seen,
            kib_per_viewer=(joined - before) / sockets / 1024,
            kib_per_viewer_after=(after - before) / sockets / 1024,
            grown_kib=(max(peak) - joined) / 1024,
            processor=processor,
            delay=delay,
            exact=exact,
            final=final,
        )

    def check(self) -> int:
        """How many differences `ledger_check` finds."""
        return self.django.apply(count_differences)


@contextmanager
def peak_of(site: Site) -> Iterator[list[int]]:
    """The bytes that the process has in memory, looked at again and again."""
    seen, over = [site.resident()], threading.Event()

    def look() -> None:
        while not over.wait(0.25):
            seen.append(site.resident())

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


@contextmanager
def world() -> Iterator[World]:
    with servers(), TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        with context.Pool(1, initializer=set_up) as django:
            yield World(Path(folder), django)


# --- in a process that has set up Django ----------------------------------------------------------
def set_up() -> None:
    import django  # noqa: PLC0415 - the servers' addresses must be in the environment before

    django.setup()


def make_senders(count: int) -> list[int]:
    from tests.gifts.make import make_viewer  # noqa: PLC0415

    return [make_viewer(COINS).pk for _ in range(count)]


def gift_facts() -> tuple[int, int]:
    from gifts.models import Gift  # noqa: PLC0415
    from wallets.selectors.prices import rate_card  # noqa: PLC0415

    return Gift.objects.get(slug="clover").coins, rate_card().pk


def open_room(senders: list[int]) -> tuple[int, str, list[str]]:
    """A new room: its place, its socket's path, a viewer's ticket and one for each sender."""
    from gifts.rooms.tickets import issue_ticket  # noqa: PLC0415
    from tests.gifts.make import make_room  # noqa: PLC0415
    from users.models import User  # noqa: PLC0415

    place = make_room().place
    people = [None, *User.objects.filter(pk__in=senders).order_by("pk")]
    tickets = [issue_ticket(place=place, user=user) for user in people]
    return place.pk, f"/live/{place.public_id}/socket/", tickets


def totals_of(place_id: int) -> tuple[int, int]:
    from django.db.models import Count, Sum  # noqa: PLC0415

    from gifts.models import SentGift  # noqa: PLC0415

    found = SentGift.objects.filter(place_id=place_id).aggregate(c=Sum("coins"), n=Count("pk"))
    return int(found["c"] or 0), found["n"]


def counted_of(place_id: int) -> int:
    """The number up to which this place's gifts are final."""
    from creators.models import Place  # noqa: PLC0415

    return Place.objects.values_list("counted", flat=True).get(pk=place_id)


def count_differences() -> int:
    from wallets.check import ledger_check  # noqa: PLC0415

    return len(ledger_check())


# --- the naive app --------------------------------------------------------------------------------
def prepare_naive(senders: int) -> None:
    """Its database beside ours, with a creator and rich senders."""
    owner = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAIVE_DATABASE}")
    url = urlunsplit(urlsplit(owner)._replace(path=f"/{NAIVE_DATABASE}"))
    os.environ["NAIVE_DATABASE_URL"] = url
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"),
            *("--settings", "benchmarks.naive.settings"),
        ],
        cwd=CHECKOUT,
        check=True,
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO naive_wallet (coins) SELECT %s FROM generate_series(1, %s)",
            [COINS, senders + 1],
        )
