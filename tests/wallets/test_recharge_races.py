"""Money that comes twice, late or otherwise: threads, wrong sums, receipts without gaps, checks."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.make import make_superuser, make_user
from tests.wallets.recharging import balances, bought, order, pay, payment_of
from users.errors import Refusal
from wallets.actions.coins import CreditRecharge, Purchase, recharge_ask
from wallets.actions.crediting import CreditOrder, credit_recharge
from wallets.actions.unapplied import credit_unapplied, send_back_unapplied
from wallets.check import ledger_check
from wallets.errors import AlreadyResolved, AmountRefused, OverLimit
from wallets.models import Lot, ReceiptYear, Recharge, UnappliedPayment
from wallets.selectors.balances import coins_of
from wallets.selectors.recharges import receipt_of
from wallets.writer import Ask, post_one

THREADS = 6
State = Recharge.State


@pytest.fixture
def buyer(committed_db):
    yield make_user()
    assert ledger_check() == []


def at_once(*work: Callable[[], object]) -> list[object]:
    """Run these at the same moment; a refusal is a result."""
    barrier = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return one()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_many_doors_at_once_credit_once(buyer):
    recharge = order(buyer)
    pay(recharge)
    doors = ["return", "callback", "sweep"] * 2
    found = at_once(*[lambda door=door: credit_recharge(recharge.pk, by=door) for door in doors])
    assert [one.state for one in found] == [State.CREDITED] * THREADS
    assert coins_of(buyer.pk) == 70
    assert recharge.events.filter(after="credited").count() == 1
    assert ReceiptYear.objects.get().last == 1


def test_without_its_guards_the_same_race_credits_twice(committed_db, owner):
    """The negative control: no unique lot, no compare and set, another key each time."""
    buyer = make_user()
    recharge = order(buyer)
    owner.execute("DROP INDEX lot_of_recharge_once")
    purchase = Purchase(
        recharge=recharge.pk,
        user=buyer.pk,
        coins=70,
        price=70,
        tax=12,
        tax_country="AT",
        currency="USD",
        method="offline",
        risk="offline",
    )

    def credit(number: int) -> None:
        ask = recharge_ask(purchase, kind=CreditRecharge())
        post_one(
            Ask(
                kind=ask.kind,
                key=f"{ask.key}:{number}",
                accounts=ask.accounts,
                content=ask.content,
                data=ask.data,
            )
        )

    at_once(lambda: credit(1), lambda: credit(2))
    assert coins_of(buyer.pk) == 140
    assert {difference.name for difference in ledger_check()} >= {"recharges"}


def test_compare_and_set_alone_stops_a_second_crediting(buyer):
    """Even with another key, an order that is credited takes no second crediting."""
    recharge = bought(buyer)
    ask = recharge_ask(
        Purchase(
            recharge=recharge.pk,
            user=buyer.pk,
            coins=70,
            price=70,
            tax=12,
            tax_country="AT",
            currency="USD",
            method="offline",
            risk="offline",
        ),
        kind=CreditOrder(by="test"),
    )
    other = Ask(
        kind=ask.kind, key="other", accounts=ask.accounts, content=ask.content, data=ask.data
    )
    with pytest.raises(Exception, match="lot_of_recharge_once|already_resolved"):
        post_one(other)
    assert coins_of(buyer.pk) == 70
    assert ReceiptYear.objects.get().last == 1


def test_the_days_most_holds_for_orders_at_once(buyer, settings):
    settings.RECHARGE_MAX_COINS_DAY = 100
    found = at_once(*[lambda: order(buyer, 60) for _ in range(THREADS)])
    assert sum(isinstance(one, Recharge) for one in found) == 1
    assert [one.code for one in found if isinstance(one, OverLimit)] == ["limit"] * (THREADS - 1)
    assert Recharge.objects.count() == 1


def test_without_its_lock_the_days_most_is_passed(buyer, settings, monkeypatch):
    """The negative control: both orders are judged before either is written."""
    settings.RECHARGE_MAX_COINS_DAY = 100
    barrier = threading.Barrier(2)
    monkeypatch.setattr("wallets.actions.recharges.locks.lock_buyer", lambda user_id: None)
    monkeypatch.setattr("wallets.actions.recharges.own_path", lambda text: str(barrier.wait())[:0])
    at_once(lambda: order(buyer, 60), lambda: order(buyer, 60))
    assert sum(Recharge.objects.values_list("coins", flat=True)) == 120


def test_receipts_have_no_gaps_when_some_creditings_fail(buyer, owner):
    """Every second crediting is rolled back after it took its number."""
    recharges = [order(make_user()) for _ in range(THREADS)]
    for recharge in recharges:
        pay(recharge)
    doomed = {recharge.pk for recharge in recharges[::2]}
    odd = recharges[0].pk % 2
    owner.execute(
        "CREATE FUNCTION fail_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF mod(NEW.recharge_id, 2) = {odd} AND NEW.after = 'credited' THEN "
        "RAISE EXCEPTION 'planted'; END IF; RETURN NEW; END $$"
    )
    owner.execute(
        """CREATE TRIGGER zz_fail BEFORE INSERT ON wallets_rechargeevent
           FOR EACH ROW EXECUTE FUNCTION fail_some()"""
    )

    def credit(pk: int) -> str:
        try:
            return credit_recharge(pk, by="callback").state
        except Exception as error:  # the planted one
            assert "planted" in str(error)
            return "failed"

    found = at_once(*[lambda pk=r.pk: credit(pk) for r in recharges])
    assert sorted(found) == ["credited"] * 3 + ["failed"] * 3
    assert {r.pk for r in Recharge.objects.filter(state="paid")} == doomed
    numbers = Recharge.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True)
    assert sorted(numbers) == [1, 2, 3]
    owner.execute("DROP TRIGGER zz_fail ON wallets_rechargeevent")
    for pk in doomed:
        credit_recharge(pk, by="sweep")
    numbers = Recharge.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True)
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


# --- money that does not fit ----------------------------------------------------------------------
def set_aside(buyer, minor: int, currency: str = "USD", coins: int = 1_000) -> UnappliedPayment:
    recharge = order(buyer, coins)
    pay(recharge, minor, currency)
    for door in ("return", "callback", "sweep"):
        assert credit_recharge(recharge.pk, by=door).state == State.UNAPPLIED
    return UnappliedPayment.objects.get(recharge=recharge)


def test_another_amount_is_booked_and_waits(buyer):
    waiting = set_aside(buyer, 999)
    assert (waiting.amount, waiting.currency, waiting.why) == (999, "USD", "amount")
    assert balances() == {"provider:offline:USD": -999, "unapplied:USD": 999}
    assert coins_of(buyer.pk) == 0


def test_another_currency_is_booked_and_only_sent_back(buyer):
    waiting = set_aside(buyer, 1_000, "EUR")
    assert waiting.why == "currency"
    assert balances() == {"provider:offline:EUR": -1_000, "unapplied:EUR": 1_000}
    staff = make_superuser()
    with pytest.raises(AmountRefused):
        credit_unapplied(waiting, staff=staff, reason="They wrote to us.")
    send_back_unapplied(waiting, staff=staff, reason="Wrong currency.", key="back")
    assert balances() == {}
    waiting.refresh_from_db()
    assert (waiting.state, waiting.recharge.state) == ("sent_back", State.SENT_BACK)
    for again in ("back", "other"):
        with pytest.raises(AlreadyResolved):
            send_back_unapplied(waiting, staff=staff, reason="Again.", key=again)
    assert balances() == {}


def test_unapplied_money_becomes_the_coins_that_it_buys(buyer):
    waiting = set_aside(buyer, 600)
    staff = make_superuser()
    credit_unapplied(waiting, staff=staff, reason="They paid too little and agree.")
    assert balances() == {
        f"{buyer.pk}wallet:COIN": 600,
        "sold:COIN": -600,
        "provider:offline:USD": -600,
        "sales:USD": 490,
        "tax:AT:USD": 100,
        "reserve:USD": 10,
    }
    receipt = receipt_of(Recharge.objects.get())
    assert (receipt.coins, receipt.price.minor, receipt.tax.minor) == (600, 600, 100)
    stale = UnappliedPayment(pk=waiting.pk, recharge=waiting.recharge, amount=600, currency="USD")
    stale.state = UnappliedPayment.State.WAITING
    credit_unapplied(stale, staff=staff, reason="Twice.")
    with pytest.raises(AlreadyResolved):
        send_back_unapplied(stale, staff=staff, reason="Twice.", key="back")
    assert coins_of(buyer.pk) == 600


def test_money_is_placed_once_by_two_at_once(buyer):
    waiting = set_aside(buyer, 600)
    staff = make_superuser()

    def give() -> None:
        credit_unapplied(waiting, staff=staff, reason="Agreed.")

    def send() -> None:
        send_back_unapplied(waiting, staff=staff, reason="Sent.", key="back")

    at_once(give, send)
    waiting.refresh_from_db()
    assert waiting.state in ("credited", "sent_back")
    assert coins_of(buyer.pk) == (600 if waiting.state == "credited" else 0)


# --- what ledger_check sees -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("recharges", "UPDATE wallets_lot SET recharge_id = NULL"),
        ("recharges", "UPDATE wallets_operation SET key = 'other' WHERE kind = 'recharge'"),
        ("recharges", "DELETE FROM wallets_rechargeevent WHERE after = 'credited'"),
        (
            "recharges",
            "UPDATE wallets_recharge SET state = 'paid', credited = NULL, receipt_year = NULL,"
            " receipt_number = NULL",
        ),
        ("receipts", "UPDATE wallets_receiptyear SET last = 7"),
        ("receipts", "DELETE FROM wallets_receiptyear"),
        ("receipts", "UPDATE wallets_recharge SET receipt_number = 2"),
    ],
)
def test_the_check_sees_damage_to_orders(committed_db, owner, name, damage):
    bought(make_user())
    assert ledger_check() == []
    owner.execute("SET session_replication_role = replica")
    owner.execute(damage)
    assert name in {difference.name for difference in ledger_check()}


def test_the_check_sees_money_that_nobody_holds(committed_db, owner):
    set_aside(make_user(), 999)
    assert ledger_check() == []
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE wallets_unappliedpayment SET amount = 1000")
    assert "unapplied" in {difference.name for difference in ledger_check()}


def test_a_lot_is_of_one_order(buyer):
    recharge = bought(buyer)
    assert Lot.objects.get(recharge_id=recharge.pk).wallet.owner_id == buyer.pk
    assert payment_of(recharge).state == "paid"
