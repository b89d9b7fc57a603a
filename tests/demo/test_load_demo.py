"""`load_demo` on a real database: killed twice, started again, and held against its plan."""

import signal
import subprocess
import time
from collections import Counter
from datetime import UTC, timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command

from creators.models import PayoutBatch, Stream, Withdrawal
from gifteconomy.demo.cast import CAST, FINANCE, HOSTS, LIVE_NOW
from gifteconomy.demo.history import terms_of
from gifteconomy.demo.models import World
from gifteconomy.demo.plan import Item, plan_world
from gifts.models import Gift, SentGift
from tests.demo.world import CHECKOUT, command, demo_environment, load_demo
from tests.make import make_user
from users.models import Block, Report, ReportMail, User
from wallets.check import ledger_check
from wallets.models import ClosedDay, LedgerDay, Operation, Recharge, Transfer
from wallets.selectors.balances import coins_of, diamonds_of
from wallets.selectors.prices import rate_card

PATIENCE_SECONDS = 300


def kill_when(media, owner: psycopg.Connection, *, table: str, rows: int) -> None:
    """Start the command, and kill it as soon as a table has so many rows."""
    process = subprocess.Popen(  # noqa: S603
        command("load_demo"),
        cwd=CHECKOUT,
        env=demo_environment(media),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] < rows:  # noqa: S608
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


def planned(world: World):
    shelf = [
        Item(gift.slug, gift.coins, gift.streakable)
        for gift in Gift.objects.filter(active=True).order_by("coins", "slug")
    ]
    return plan_world(world.began.astimezone(UTC), shelf, terms_of(rate_card(at=world.began)))


@pytest.mark.slow
def test_killed_and_started_again_the_world_is_as_planned(committed_db, owner, tmp_path):
    kill_when(tmp_path, owner, table="users_user", rows=5)
    kill_when(tmp_path, owner, table="creators_payoutbatch", rows=2)
    assert "The demo world is made" in load_demo(tmp_path)

    world = World.objects.get()
    moments = planned(world)
    assert world.finished
    assert ledger_check() == []
    check_people(moments)
    check_gifts_and_recharges(moments)
    check_withdrawals(moments)
    check_days_and_shows(world)
    check_trouble()

    before = Transfer.objects.count(), User.objects.count(), LedgerDay.objects.get().day
    assert load_demo(tmp_path) == ""
    assert (Transfer.objects.count(), User.objects.count(), LedgerDay.objects.get().day) == before


def check_people(moments) -> None:
    """Everybody is there once, signs in without a password, and has had coins moved."""
    assert User.objects.count() == len(CAST)
    assert not User.objects.filter(is_demo=False).exists()
    coins: Counter[str] = Counter()
    for moment in moments:
        coins.update({buy.buyer: 0 for buy in moment.buys})
        for buy in moment.buys:
            coins[buy.buyer] += buy.coins
        for send in moment.sends:
            coins[send.sender] -= send.price_coins * send.quantity
    for user in User.objects.all():
        assert coins_of(user.pk) == coins[user.handle]
        assert Recharge.objects.filter(buyer=user, state="credited").exists()
        assert SentGift.objects.filter(sender_id=user.pk).exists()
    pictured = {person.handle for person in CAST if person.look}
    assert {user.handle for user in User.objects.all() if user.picture} == pictured


def check_gifts_and_recharges(moments) -> None:
    sends = {send.key: send for moment in moments for send in moment.sends}
    done = dict(Operation.objects.filter(kind="gift").values_list("key", "id"))
    assert done.keys() == sends.keys()
    rows = SentGift.objects.in_bulk(done.values())
    for key, send in sends.items():
        row = rows[done[key]]
        assert (row.quantity, row.coins) == (send.quantity, send.price_coins * send.quantity)
    buys = {buy.key: buy for moment in moments for buy in moment.buys}
    recharges = {recharge.key: recharge for recharge in Recharge.objects.all()}
    assert recharges.keys() == buys.keys()
    for key, buy in buys.items():
        recharge = recharges[key]
        assert (recharge.coins, recharge.state, recharge.created) == (
            buy.coins,
            "credited",
            buy.at,
        )
        assert recharge.receipt_mailed == recharge.credited


def check_withdrawals(moments) -> None:
    fates = {c.key: (c.diamonds, c.fate) for moment in moments for c in moment.cashings}
    keys = dict(Operation.objects.filter(kind="withdrawal_ask").values_list("id", "key"))
    found = {
        keys[row.operation_id]: (
            row.diamonds,
            {"requested": "waits"}.get(row.state, row.state),
        )
        for row in Withdrawal.objects.all()
    }
    assert found == fates
    assert set(PayoutBatch.objects.values_list("state", flat=True)) == {"settled"}
    for host in HOSTS:
        creator = User.objects.get(handle=host.handle)
        assert sum(held.total for held in diamonds_of(creator.pk)) >= 0


def check_days_and_shows(world: World) -> None:
    opened = LedgerDay.objects.get().day
    days = {opened - timedelta(days=back) for back in range(1, 31)}
    assert days <= set(ClosedDay.objects.values_list("day", flat=True))
    live = Stream.objects.filter(state=Stream.State.LIVE)
    assert {stream.place.creator.user.handle for stream in live} == {h.handle for h in LIVE_NOW}
    assert all(stream.started < world.began for stream in live)
    assert Transfer.objects.filter(created__gt=world.began + timedelta(days=1)).count() == 0


def check_trouble() -> None:
    """Whoever opens the staff's pages first finds reports to work on, and nobody is mailed."""
    states = Report.objects.values_list("state", flat=True)
    assert sorted(states) == ["answered", "claimed", "waiting", "waiting", "waiting"]
    assert Report.objects.filter(urgent=True).count() == 1
    assert Block.objects.count() == 3
    assert not ReportMail.objects.filter(sent=None).exists()
    assert User.objects.get(handle=FINANCE).has_perm("users.answer_report")


def test_without_demo_nothing_is_made(committed_db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("load_demo")
    assert not User.objects.exists()
    assert not World.objects.exists()


def test_where_somebody_lives_nothing_is_made(committed_db, settings, capsys):
    settings.DEMO = True
    make_user()
    call_command("load_demo")
    assert "not empty" in capsys.readouterr().out
    assert User.objects.count() == 1
    assert not World.objects.exists()
