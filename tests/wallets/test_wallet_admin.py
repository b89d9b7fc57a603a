"""The staff's pages about money, walked: nothing changes but by an action with a reason."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.make import make_staff, make_superuser, make_user
from tests.wallets import economy
from tests.wallets.recharging import bought, order, pay, payment_of
from users.models import Approval, AuditEntry
from wallets import models
from wallets.actions.crediting import credit_recharge
from wallets.check import ledger_check
from wallets.models import (
    Account,
    CoinPack,
    Lot,
    RateCard,
    Recharge,
    Switch,
    TaxRate,
    Transfer,
    UnappliedPayment,
)
from wallets.selectors.balances import coins_of
from wallets.tasks import sweep_recharges

READ_ONLY = [
    "account",
    "transfer",
    "operation",
    "hold",
    "lot",
    "takenback",
    "closedday",
    "checkrun",
    "coinpack",
    "ratecard",
    "taxrate",
    "switch",
    "recharge",
    "unappliedpayment",
]


@pytest.fixture
def world(committed_db):
    """A buyer with coins, a gift, an open order, and money that does not fit."""
    buyer = make_user("mirabelle")
    bought(buyer, 1_000)
    economy.gift(buyer, make_user(), 100)
    short = order(buyer, 500)
    pay(short, 400)
    credit_recharge(short.pk, by="return")
    order(buyer, 70)
    yield buyer
    assert ledger_check() == []


def signed_in(*groups: str, superuser: bool = False) -> Client:
    client = Client()
    client.force_login(make_superuser() if superuser else make_staff(*groups))
    return client


def act(client: Client, model: str, name: str, target=None, **fields):
    """Open the page of an action as staff do, and send its form."""
    url = reverse(f"admin:wallets_{model}_staff_action", args=[name])
    if target is not None:
        url += f"?ids={target.pk}"
    page = client.get(url)
    if page.status_code != 200:
        return page
    key = page.context["form"]["key"].value()
    return client.post(url, {"reason": "As agreed by phone.", "key": key} | fields)


def test_the_tables_have_no_add_change_or_delete(world):
    client = signed_in(superuser=True)
    for name in READ_ONLY:
        model = next(m for m in vars(models).values() if getattr(m, "__name__", "").lower() == name)
        base = f"admin:wallets_{name}"
        listed = client.get(reverse(f"{base}_changelist"))
        assert listed.status_code == 200, name
        assert client.get(reverse(f"{base}_changelist"), {"q": "1"}).status_code == 200, name
        assert client.get(reverse(f"{base}_add")).status_code == 403, name
        row = model.objects.first()
        if row is None:
            assert name in ("hold", "takenback", "closedday", "checkrun"), name
            continue
        change = reverse(f"{base}_change", args=[row.pk])
        page = client.get(change)
        assert page.status_code == 200, name
        assert b'name="_save"' not in page.content, name
        assert client.post(change, {"coins": 5, "amount": 5}).status_code == 403, name
        assert client.post(
            reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}
        ).status_code == (403), name


def test_the_tables_are_called_by_names_that_are_words(world):
    html = signed_in(superuser=True).get(reverse("admin:index")).content.decode()
    assert ">Switches<" in html
    assert ">Takings back<" in html


def test_amounts_stand_with_their_unit(world):
    client = signed_in(superuser=True)

    def html(name: str, *args) -> str:
        return client.get(reverse(f"admin:wallets_{name}", args=args)).content.decode()

    accounts, transfers = html("account_changelist"), html("transfer_changelist")
    for amount in ("900 coins ($9.00)", "100 diamonds ($0.70)", "$4.00", "derived"):
        assert f">{amount}<" in accounts, amount
    for amount in ("1,000 coins ($10.00)", "100 coins ($1.00)", "100 diamonds ($0.70)", "$4.00"):
        assert f">{amount}<" in transfers, amount
    assert ">$10.00<" in html("lot_changelist")
    assert ">$4.00<" in html("unappliedpayment_changelist")
    for model in (Account, Transfer):
        name = model.__name__.lower()
        for row in model.objects.all():
            assert html(f"{name}_change", row.pk)
    clearing = Account.objects.get(kind="clearing", credits_posted__gt=0)
    assert ">100 diamonds ($0.70)<" in html("account_change", clearing.pk)


def test_a_list_of_amounts_asks_once_for_the_value_of_diamonds(world):
    client = signed_in(superuser=True)
    url = reverse("admin:wallets_transfer_changelist")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(3):
        economy.gift(world, make_user(), 10)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).content.count(b"10 diamonds ($0.07)") == 3
    assert len(many) == len(few)


def test_each_group_reaches_its_own_pages(world):
    support, finance, auditor = signed_in("support"), signed_in("finance"), signed_in("auditor")
    moderation = signed_in("moderation")
    recharge = Recharge.objects.get(coins=70)
    for name in READ_ONLY:
        url = reverse(f"admin:wallets_{name}_changelist")
        assert finance.get(url).status_code == auditor.get(url).status_code == 200, name
        assert moderation.get(url).status_code == (200 if name == "account" else 403), name
    assert support.get(reverse("admin:wallets_recharge_changelist")).status_code == 200
    assert support.get(reverse("admin:wallets_operation_changelist")).status_code == 403
    url = reverse("admin:wallets_margins")
    assert finance.get(url).status_code == 200
    assert moderation.get(url).status_code == 403
    assert act(support, "recharge", "recheck", recharge).status_code == 302
    for client in (support, auditor, moderation):
        assert act(client, "recharge", "confirm", recharge).status_code == 403
        wallet = Account.objects.get(owner=world, kind="wallet")
        assert act(client, "account", "grant", wallet, coins="5").status_code == 403
    assert AuditEntry.objects.get().kind == "wallets.recharge.recheck"


def test_an_offline_payment_is_confirmed_and_swept(world, settings):
    settings.OFFLINE_CONFIRMED_BY_STAFF = True
    finance, recharge = signed_in("finance"), Recharge.objects.get(coins=70)
    act(finance, "recharge", "confirm", recharge, amount="0.705", currency="USD")
    act(finance, "recharge", "confirm", recharge, amount="0.70", currency="XXQ")
    assert payment_of(recharge).state == "waiting"
    act(finance, "recharge", "confirm", recharge, amount="0.70", currency="USD")
    assert payment_of(recharge).paid_amount == 70
    sweep_recharges()
    assert coins_of(world.pk) == 970
    entry = AuditEntry.objects.get()
    assert entry.asked == {"amount": "0.70", "currency": "USD"}
    assert entry.reason == "As agreed by phone."
    act(finance, "recharge", "confirm", recharge, amount="0.70", currency="USD")
    assert AuditEntry.objects.count() == 1


def test_payments_that_staff_do_not_confirm_cannot_be_confirmed(world):
    finance, recharge = signed_in("finance"), Recharge.objects.get(coins=70)
    act(finance, "recharge", "confirm", recharge, amount="0.70", currency="USD")
    assert payment_of(recharge).state == "waiting"
    assert not AuditEntry.objects.exists()


def test_money_that_does_not_fit_is_placed(world):
    finance, waiting = signed_in("finance"), UnappliedPayment.objects.get()
    act(finance, "unappliedpayment", "give_coins", waiting)
    assert coins_of(world.pk) == 1_300
    act(finance, "unappliedpayment", "send_back", waiting)
    waiting.refresh_from_db()
    assert waiting.state == "credited"
    assert AuditEntry.objects.get().after["state"] == "credited"


def test_coins_are_granted_within_the_days_most_and_taken_back(world, settings):
    settings.STAFF_GRANT_DAILY_COINS = 1_000
    settings.STAFF_GRANT_TWO_PEOPLE_COINS = 600
    finance = signed_in("finance")
    wallet = Account.objects.get(owner=world, kind="wallet")
    act(finance, "account", "grant", wallet, coins="600")
    assert coins_of(world.pk) == 1_500
    act(finance, "account", "grant", wallet, coins="401")
    assert coins_of(world.pk) == 1_500
    act(finance, "account", "grant", wallet, coins="601")
    assert Approval.objects.get().state == "waiting"
    assert coins_of(world.pk) == 1_500
    act(finance, "account", "grant", wallet, coins="400")
    act(finance, "account", "grant", wallet, coins="1")
    assert coins_of(world.pk) == 1_900
    act(signed_in("finance"), "account", "grant", wallet, coins="1")
    assert coins_of(world.pk) == 1_901
    for bad in ("0", "-5", "1.5", ""):
        act(finance, "account", "grant", wallet, coins=bad)
    act(finance, "account", "grant", Account.objects.get(kind="sold"), coins="5")
    assert coins_of(world.pk) == 1_901

    granted = Lot.objects.filter(method="grant").earliest("id")
    act(finance, "lot", "take_back_grant", granted)
    assert coins_of(world.pk) == 1_301
    paid_for = Lot.objects.filter(method="offline").earliest("id")
    act(finance, "lot", "take_back_grant", paid_for)
    assert coins_of(world.pk) == 1_301


def test_nobody_grants_coins_to_themselves(world):
    staff = make_staff("finance")
    client = Client()
    client.force_login(staff)
    act(client, "account", "grant", Account.objects.get(owner=staff, kind="wallet"), coins="5")
    assert coins_of(staff.pk) == 0
    assert not AuditEntry.objects.exists()


def test_prices_change_by_action_alone(world):
    finance = signed_in("finance")
    act(finance, "coinpack", "take_off", CoinPack.objects.get(coins=70))
    assert not CoinPack.objects.get(coins=70).active
    act(finance, "coinpack", "sell", CoinPack.objects.get(coins=70))
    act(finance, "coinpack", "add", coins="100")
    assert CoinPack.objects.get(coins=100).active
    day = timezone.localdate() + timedelta(days=3)
    act(finance, "taxrate", "set", country="AT", basis_points="2200", starts=day.isoformat())
    assert TaxRate.objects.get(country="AT", starts=day).basis_points == 2_200
    card = {"diamonds_per_coin": "2", "diamond_value_millionths": "3600", "note": "Rounder."}
    soon = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    act(finance, "ratecard", "announce", starts=soon, **card)
    assert RateCard.objects.count() == 1
    later = (timezone.now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    act(finance, "ratecard", "announce", starts=later, **card)
    assert RateCard.objects.get(series=2).note == "Rounder."
    assert AuditEntry.objects.count() == 5


def test_a_switch_stops_with_a_message_and_the_ledger_opens_by_two(world):
    finance = signed_in("finance")
    recharges, posting = Switch.objects.get(pk="recharges"), Switch.objects.get(pk="posting")
    act(finance, "switch", "stop", recharges, message="")
    assert not Switch.objects.get(pk="recharges").stopped
    act(finance, "switch", "stop", recharges, message="Back at noon.")
    stopped = Switch.objects.get(pk="recharges")
    assert (stopped.stopped, stopped.message) == (True, "Back at noon.")
    act(finance, "switch", "start", recharges)
    assert not Switch.objects.get(pk="recharges").stopped
    act(finance, "switch", "stop", posting, message="We check our books.")
    act(finance, "switch", "start", posting)
    assert Switch.objects.get(pk="posting").stopped
    assert Approval.objects.get().kind == "wallets.switch.start"


def test_the_margins_show_losses_and_what_is_not_offered(world):
    page = signed_in("finance").get(reverse("admin:wallets_margins"), {"method": "paypal"})
    html = page.content.decode()
    assert "not offered here" in html
    assert 'class="loss"' in html
    assert "No price that is offered loses money." in html


def test_moderation_freezes_a_person_and_lets_go(world):
    moderation = signed_in("moderation")
    wallet = Account.objects.get(owner=world, kind="wallet")
    flags = Account.objects.filter(owner=world).values_list("can_debit", "can_credit")
    act(moderation, "account", "freeze", wallet, what="spending")
    assert set(flags.all()) == {(False, True)}
    act(moderation, "account", "freeze", wallet, what="spending")
    act(moderation, "account", "freeze", wallet, what="everything")
    act(moderation, "account", "freeze", Account.objects.get(kind="sold"), what="both")
    assert set(flags.all()) == {(False, True)}
    act(moderation, "account", "unfreeze", wallet)
    assert set(flags.all()) == {(True, True)}
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.after for entry in entries] == [{"can_debit": False}, {"can_debit": True}]


def test_money_that_moved_is_entered_and_large_sums_wait_for_two(world, settings):
    settings.STAFF_CASH_TWO_PEOPLE_MINOR = 1_000
    finance = signed_in("finance")
    reserve = Account.objects.get(kind="reserve")
    before = reserve.balance
    entered = {"entry": "reserve_money", "ref": "", "amount": "10.00", "currency": "USD"}
    act(finance, "account", "enter_cash", **entered)
    reserve.refresh_from_db()
    assert reserve.balance == before + 1_000
    for bad in (
        {"ref": "card"},
        {"entry": "unapplied", "ref": "offline"},
        {"entry": "provider_fee", "ref": ""},
        {"entry": "payout_settled", "ref": "nowhere"},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "0.001"},
        {"currency": "XXQ"},
    ):
        act(finance, "account", "enter_cash", **(entered | bad))
    assert AuditEntry.objects.count() == 1
    assert not Approval.objects.exists()
    for large in (
        {"amount": "10.01"},
        {"currency": "EUR", "amount": "1.00"},
        {"entry": "write_off", "ref": "offline", "amount": "0.01"},
    ):
        act(finance, "account", "enter_cash", **(entered | large))
    assert Approval.objects.count() == 3
    reserve.refresh_from_db()
    assert reserve.balance == before + 1_000


def test_a_transfer_that_holds_no_diamonds_cannot_be_released(world):
    gift = Transfer.objects.filter(code="gift").earliest("id")
    finance = signed_in("finance")
    before = Transfer.objects.count()
    page = act(finance, "transfer", "release_hold", gift)
    assert "[no_freeze]" in finance.get(page["Location"]).content.decode()
    assert Transfer.objects.count() == before
    assert not AuditEntry.objects.exists()


def test_coins_stand_beside_their_money_in_the_tables_of_staff(committed_db):
    pack = CoinPack.objects.order_by("coins")[0]
    client = Client()
    client.force_login(make_staff("finance"))
    for name, args in (("changelist", []), ("change", [pack.pk])):
        page = client.get(reverse(f"admin:wallets_coinpack_{name}", args=args)).content.decode()
        assert "70 coins ($0.70)" in page
        assert "field-coins" in page
