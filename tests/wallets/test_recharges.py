"""Coins are bought: orders and their refusals, each state and repeat, late and wrong payments."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from tests.make import make_user
from tests.wallets.recharging import balances, bought, nothing_moved, order, pay, payment_of
from users.errors import Frozen, TooYoung
from users.models import User
from wallets.actions.crediting import ask_again, check_due, credit_recharge
from wallets.actions.recharges import advance, own_path, start_recharge, way_back
from wallets.check import ledger_check
from wallets.errors import (
    AlreadyResolved,
    AmountRefused,
    ConsentMissing,
    CountryUnknown,
    MethodUnknown,
    OverLimit,
    ProviderSilent,
    RepeatDiffers,
    Stopped,
)
from wallets.models import Account, Lot, OfflinePayment, Operation, Recharge, Switch, Transfer
from wallets.money import Money
from wallets.providers import offline
from wallets.selectors.balances import coins_of
from wallets.selectors.recharges import most_today, quote, receipt_of

State = Recharge.State


@pytest.fixture
def buyer(committed_db) -> Iterator[User]:
    yield make_user()
    assert ledger_check() == []


def states_of(recharge: Recharge) -> list[tuple[str, str, str]]:
    return list(recharge.events.values_list("before", "after", "by"))


# --- the price ------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("currency", "country", "coins", "price", "tax"),
    [
        ("USD", "US", 70, 70, 0),
        ("USD", "AT", 70, 70, 12),
        ("USD", "AT", 1_000, 1_000, 167),
        ("USD", "HU", 37, 37, 8),
        ("EUR", "DE", 7_000, 7_000, 1_118),
        ("EUR", "IE", 350, 350, 65),
        ("JPY", "JP", 149, 1, 0),
        ("JPY", "JP", 1_450, 15, 1),
        ("JPY", "AT", 7_000, 70, 12),
        ("KWD", "AT", 1, 10, 2),
        ("KWD", "ES", 70, 700, 121),
        ("KWD", "KW", 70, 700, 0),
    ],
)
def test_price_and_tax_in_each_currency(settings, currency, country, coins, price, tax):
    settings.BASE_CURRENCY = currency
    found = quote(coins=coins, country=country)
    assert found.price == Money(price, currency)
    assert found.tax == Money(tax, currency)
    assert found.net + found.tax == found.price


# --- ordering and being credited ------------------------------------------------------------------
def test_coins_are_ordered_paid_for_and_delivered(buyer):
    recharge = order(buyer, 1_000)
    assert (recharge.state, recharge.price, recharge.tax) == (State.SENT, 1_000, 167)
    assert (recharge.currency, recharge.tax_country) == ("USD", "AT")
    assert recharge.tax_evidence == {"stated": "AT", "address": None}
    assert recharge.reference == payment_of(recharge).reference
    assert nothing_moved(buyer)

    pay(recharge)
    assert nothing_moved(buyer)
    recharge = credit_recharge(recharge.pk, by="return")
    year = timezone.localdate().year
    assert recharge.state == State.CREDITED
    assert recharge.receipt == f"{year}-000001"
    assert balances() == {
        f"{buyer.pk}wallet:COIN": 1_000,
        "sold:COIN": -1_000,
        "provider:offline:USD": -1_000,
        "sales:USD": 816,
        "tax:AT:USD": 167,
        "reserve:USD": 17,
    }
    lot = Lot.objects.get()
    assert (lot.recharge_id, lot.coins, lot.price, lot.tax) == (recharge.pk, 1_000, 1_000, 167)
    assert (lot.risk, lot.method) == ("offline", "offline")
    assert states_of(recharge) == [
        ("", "created", "buyer"),
        ("created", "sent", "buyer"),
        ("sent", "paid", "return"),
        ("paid", "credited", "return"),
    ]
    receipt = receipt_of(recharge)
    assert (receipt.coins, receipt.price, receipt.tax) == (
        1_000,
        Money(1_000, "USD"),
        Money(167, "USD"),
    )
    assert recharge.check_at is None


def test_every_door_may_call_as_often_as_it_likes(buyer):
    recharge = order(buyer)
    for door in ("return", "callback", "sweep"):
        assert credit_recharge(recharge.pk, by=door).state == State.SENT
    pay(recharge)
    for door in ("callback", "return", "return", "sweep", "staff"):
        assert credit_recharge(recharge.pk, by=door).state == State.CREDITED
    check_due(recharge.pk)
    assert coins_of(buyer.pk) == 70
    assert Transfer.objects.count() == 4
    assert recharge.events.get(after="credited").by == "callback"


def test_an_order_is_placed_once_for_its_key(buyer):
    first = order(buyer, 350, key="one")
    assert order(buyer, 350, key="one") == first
    assert OfflinePayment.objects.count() == 1
    for other in ({"coins": 351}, {"country": "DE"}):
        with pytest.raises(RepeatDiffers):
            order(buyer, **{"coins": 350, "key": "one", **other})
    assert order(make_user(), 350, key="one") != first
    assert Recharge.objects.count() == 2
    pay(first)
    credit_recharge(first.pk, by="return")
    again = start_recharge(
        buyer=buyer, coins=350, country="AT", method="offline", key="one", consent=True
    )
    assert (again.url, again.recharge.state) == ("", State.CREDITED)
    assert coins_of(buyer.pk) == 350


def test_a_repeat_is_no_new_order_for_the_limits(buyer, settings):
    settings.RECHARGE_MAX_COINS_DAY = 100
    first = order(buyer, 70, key="one")
    assert order(buyer, 70, key="one") == first


def test_the_order_is_written_before_the_provider_hears_of_it(buyer, monkeypatch):
    seen = []
    real = offline.OfflineProvider.create_checkout

    def create_checkout(self, asked):
        seen.append((connection.in_atomic_block, Recharge.objects.get().state))
        return real(self, asked)

    monkeypatch.setattr(offline.OfflineProvider, "create_checkout", create_checkout)
    order(buyer)
    assert seen == [(False, "created")]


@pytest.mark.parametrize("lost_after", [False, True])
def test_an_answer_that_was_lost_is_asked_for_again(buyer, monkeypatch, lost_after):
    """The provider opened the payment or not: the same key finds one order and one payment."""
    real = offline.OfflineProvider.create_checkout

    def silent(self, asked):
        if lost_after:
            real(self, asked)
        raise ProviderSilent

    with monkeypatch.context() as patched:
        patched.setattr(offline.OfflineProvider, "create_checkout", silent)
        with pytest.raises(ProviderSilent):
            order(buyer, key="one")
    assert Recharge.objects.get().state == State.CREATED
    assert order(buyer, key="one").state == State.SENT
    assert OfflinePayment.objects.count() == 1


def test_a_payment_whose_opening_was_not_answered_is_credited(buyer, monkeypatch):
    """The provider opened it, its answer was lost, and the buyer paid all the same."""
    real = offline.OfflineProvider.create_checkout

    def lose_the_answer(self, asked):
        real(self, asked)
        raise ProviderSilent

    with monkeypatch.context() as patched:
        patched.setattr(offline.OfflineProvider, "create_checkout", lose_the_answer)
        with pytest.raises(ProviderSilent):
            order(buyer)
    recharge = Recharge.objects.get()
    pay(recharge)
    assert credit_recharge(recharge.pk, by="sweep").state == State.CREDITED
    assert states_of(recharge)[1] == ("created", "paid", "sweep")


# --- refusals -------------------------------------------------------------------------------------
def refused(refusal, buyer, coins=70, **asked):
    with pytest.raises(refusal) as raised:
        order(buyer, coins, **asked)
    assert nothing_moved(buyer)
    assert not Recharge.objects.exists()
    assert not OfflinePayment.objects.exists()
    return raised.value


def test_who_is_too_young_cannot_recharge(buyer):
    buyer.date_of_birth = timezone.localdate() - timedelta(days=17 * 365)
    buyer.save()
    assert refused(TooYoung, buyer).code == "age"


def test_a_frozen_wallet_takes_no_recharge(buyer):
    Account.objects.filter(owner=buyer).update(can_credit=False)
    assert refused(Frozen, buyer).code == "frozen"


def test_a_stopped_part_says_why(buyer):
    Switch.objects.filter(name="recharges").update(stopped=True, message="Back at noon.")
    assert refused(Stopped, buyer).sentence == "Back at noon."


def test_what_cannot_be_ordered_has_a_name(buyer):
    for coins in (9, 1, 0, -70, 10.5, "70", None, True):
        assert refused(AmountRefused, buyer, coins).details["smallest"] == 10
    assert refused(OverLimit, buyer, 50_001).details == {"limit": "order", "left": 50_000}
    assert refused(OverLimit, buyer, 10**18).code == "limit"
    assert refused(MethodUnknown, buyer, method="shells").code == "method"
    assert refused(CountryUnknown, buyer, country="ZZ").code == "country"
    assert refused(CountryUnknown, buyer, country="").code == "country"
    assert refused(ConsentMissing, buyer, consent=False).code == "consent"


def test_a_day_has_a_most(buyer, settings):
    settings.RECHARGE_MAX_COINS_DAY = 1_000
    bought(buyer, 600)
    assert most_today(buyer.pk) == 400
    with pytest.raises(OverLimit) as over:
        order(buyer, 401)
    assert over.value.details == {"limit": "day", "left": 400}
    open_order = order(buyer, 400)
    with pytest.raises(OverLimit):
        order(buyer, 10)
    offline.decline(payment_of(open_order))
    credit_recharge(open_order.pk, by="return")
    assert most_today(buyer.pk) == 400
    assert coins_of(buyer.pk) == 600
    yesterday = timezone.now() - timedelta(days=1)
    order(buyer, 900, now=yesterday)
    assert most_today(buyer.pk) == 400
    assert most_today(buyer.pk, at=yesterday) == 100


# --- other ends -----------------------------------------------------------------------------------
def test_a_declined_payment_moves_nothing(buyer):
    recharge = order(buyer)
    offline.decline(payment_of(recharge))
    assert credit_recharge(recharge.pk, by="return").state == State.DECLINED
    assert nothing_moved(buyer)
    with pytest.raises(AlreadyResolved):
        pay(recharge)
    assert credit_recharge(recharge.pk, by="sweep").state == State.DECLINED


def test_money_that_comes_after_the_buyer_left_is_credited(buyer):
    recharge = order(buyer)
    offline.leave(payment_of(recharge))
    assert credit_recharge(recharge.pk, by="return").state == State.ABANDONED
    assert nothing_moved(buyer)
    pay(recharge)
    assert credit_recharge(recharge.pk, by="sweep").state == State.CREDITED
    assert coins_of(buyer.pk) == 70


def test_money_that_comes_after_the_time_was_over_is_credited(buyer):
    recharge = order(buyer, now=timezone.now() - timedelta(hours=1, minutes=1))
    assert credit_recharge(recharge.pk, by="sweep").state == State.EXPIRED
    pay(recharge)
    assert credit_recharge(recharge.pk, by="sweep").state == State.CREDITED
    assert coins_of(buyer.pk) == 70


def test_a_stopped_ledger_keeps_the_payment_for_later(buyer):
    recharge = order(buyer)
    pay(recharge)
    Switch.objects.filter(name="posting").update(stopped=True, message="Checking.")
    with pytest.raises(Stopped):
        credit_recharge(recharge.pk, by="return")
    check_due(recharge.pk)
    recharge.refresh_from_db()
    assert recharge.state == State.PAID
    assert nothing_moved(buyer)
    Switch.objects.filter(name="posting").update(stopped=False)
    Switch.objects.filter(name="recharges").update(stopped=True)
    check_due(recharge.pk)
    assert coins_of(buyer.pk) == 70


def test_frozen_and_grown_younger_buyers_still_get_what_they_paid_for(buyer):
    recharge = order(buyer)
    Account.objects.filter(owner=buyer).update(can_credit=False, can_debit=False)
    pay(recharge)
    assert credit_recharge(recharge.pk, by="return").state == State.CREDITED
    assert coins_of(buyer.pk) == 70


def test_an_answer_about_another_payment_changes_nothing(buyer, monkeypatch):
    mine, other = order(buyer), order(make_user(), 7_000)
    pay(other)
    real = offline.OfflineProvider.fetch
    monkeypatch.setattr(
        offline.OfflineProvider,
        "fetch",
        lambda self, **asked: real(self, key=other.public_id, reference=other.reference),
    )
    assert credit_recharge(mine.pk, by="callback").state == State.SENT
    assert nothing_moved(buyer)
    assert mine.events.last().details["foreign"] == str(other.public_id)


def test_a_payment_the_provider_never_heard_of_expires(buyer, monkeypatch):
    def silent(self, asked):
        raise ProviderSilent

    monkeypatch.setattr(offline.OfflineProvider, "create_checkout", silent)
    with pytest.raises(ProviderSilent):
        order(buyer, now=timezone.now() - timedelta(hours=2))
    recharge = Recharge.objects.get()
    assert credit_recharge(recharge.pk, by="sweep").state == State.EXPIRED
    assert nothing_moved(buyer)


# --- the sweep ------------------------------------------------------------------------------------
def test_the_sweep_visits_more_and_more_rarely_and_then_no_more(buyer):
    recharge = order(buyer)
    check_due(recharge.pk)
    recharge.refresh_from_db()
    wait = recharge.check_at - timezone.now()
    assert timedelta(seconds=28) < wait <= timedelta(seconds=30)

    day_old = order(buyer, now=timezone.now() - timedelta(days=1))
    check_due(day_old.pk)
    day_old.refresh_from_db()
    assert day_old.state == State.EXPIRED
    assert timedelta(hours=11) < day_old.check_at - timezone.now() <= timedelta(hours=12)

    old = order(buyer, now=timezone.now() - timedelta(days=9))
    check_due(old.pk)
    old.refresh_from_db()
    assert (old.state, old.check_at) == (State.EXPIRED, None)

    ask_again(old)
    old.refresh_from_db()
    assert old.check_at is not None
    pay(old)
    check_due(old.pk)
    assert coins_of(buyer.pk) == 70
    with pytest.raises(AlreadyResolved):
        ask_again(Recharge.objects.get(pk=old.pk))


# --- the database's own guards --------------------------------------------------------------------
def test_an_order_moves_only_forward_and_stays_what_it_was(buyer):
    sent, paid, credited = order(buyer), order(buyer), bought(buyer)
    pay(paid)
    advance(paid.pk, to=State.PAID, by="return", details={})
    forbidden = [
        (credited, {"state": "sent"}),
        (credited, {"state": "paid"}),
        (credited, {"receipt_number": None}),
        (sent, {"state": "credited"}),
        (sent, {"state": "created"}),
        (paid, {"state": "declined"}),
        *[(sent, {column: 1}) for column in ("coins", "price", "tax", "tax_basis_points")],
        (sent, {"return_to": "//evil.example/"}),
    ]
    for recharge, change in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic():
            Recharge.objects.filter(pk=recharge.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Recharge.objects.filter(pk=sent.pk).delete()
    credit_recharge(paid.pk, by="sweep")


def test_a_lot_of_an_order_exists_once(buyer):
    recharge = bought(buyer)
    lot = Lot.objects.get(recharge_id=recharge.pk)
    lot.pk = None
    with pytest.raises(IntegrityError, match="lot_of_recharge_once"), transaction.atomic():
        lot.save(force_insert=True)
    assert Operation.objects.filter(key=f"recharge:{recharge.pk}").count() == 1


# --- the way back ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("return_to", "gift", "back"),
    [
        ("/live/mira/", "tulip", "/live/mira/?gift=tulip"),
        ("/live/mira/?tab=chat&gift=rose", "tulip", "/live/mira/?tab=chat&gift=tulip"),
        ("/live/mira/", "", "/live/mira/"),
        ("", "tulip", ""),
        ("https://evil.example/", "tulip", ""),
        ("//evil.example/", "tulip", ""),
        ("/\\evil.example/", "tulip", ""),
        ("javascript:alert(1)", "", ""),
        ("live/mira/", "", ""),
        ("/" + "a" * 300, "", ""),
    ],
)
def test_the_way_back_stays_on_this_site(return_to, gift, back):
    assert way_back(Recharge(return_to=own_path(return_to), gift=gift)) == back
