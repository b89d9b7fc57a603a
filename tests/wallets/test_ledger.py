"""The ledger's rules with exact numbers, as docs/ledger.md tells them."""

import threading
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tests.make import make_user
from tests.wallets import economy
from users.errors import Frozen
from wallets.actions.cash import post_cash
from wallets.actions.clearing import clearing_due, sweep_clearing
from wallets.actions.coins import grant_coins, take_back_grant
from wallets.actions.days import close_day
from wallets.actions.disputes import end_dispute, withdraw_dispute
from wallets.actions.freeze import end_freeze, freeze_gift, freeze_user
from wallets.actions.refunds import ask_refund, end_refund
from wallets.actions.take_back import reverse_gift
from wallets.check import ledger_check
from wallets.errors import (
    AlreadyResolved,
    InsufficientCoins,
    LedgerBroken,
    NothingDue,
    RepeatDiffers,
    Stopped,
)
from wallets.models import (
    Account,
    ClosedDay,
    LedgerDay,
    Lot,
    Operation,
    Switch,
    TakenBack,
    Transfer,
)
from wallets.selectors.balances import balance_of
from wallets.writer import post

NOW = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def books_are_right(committed_db):
    yield
    assert ledger_check() == []


def total(kind: str, asset: str = "USD", ref: str = "") -> int:
    return Account.objects.get(owner=None, kind=kind, asset=asset, ref=ref).balance


def rows_written() -> tuple[int, int, list]:
    return (
        Transfer.objects.count(),
        TakenBack.objects.count(),
        list(Account.objects.order_by("pk").values_list("debits_posted", "credits_posted")),
    )


# --- coins in -------------------------------------------------------------------------------------
def test_a_recharge_books_coins_and_cash():
    user = make_user()
    lot = economy.recharge(user, 1_000, price=1_000, tax=167)

    assert economy.balances(user).wallet == 1_000
    assert total("sold", "COIN") == -1_000
    assert total("provider", ref="offline") == -1_000
    assert total("tax", ref="AT") == 167
    assert (total("sales"), total("reserve")) == (816, 17)
    assert Lot.objects.get(pk=lot).remaining == 1_000


def test_a_new_user_has_an_empty_wallet_and_nothing_else():
    user = make_user()
    assert [(a.kind, a.balance, a.floor) for a in user.accounts.all()] == [("wallet", 0, 0)]


def test_a_grant_happens_once_for_its_key_and_is_taken_back_as_far_as_unspent():
    user, creator, staff = make_user(), make_user(), make_user(is_staff=True)
    kwargs = {"user_id": user.pk, "staff_id": staff.pk, "reason": "sorry", "key": "g1"}
    first = grant_coins(coins=100, **kwargs)
    assert grant_coins(coins=100, **kwargs).repeated
    with pytest.raises(RepeatDiffers):
        grant_coins(coins=101, **kwargs)
    assert economy.balances(user).wallet == 100

    economy.gift(user, creator, 30)
    lot = first.details["lot"]
    kwargs = {"user_id": user.pk, "lot_id": lot, "staff_id": staff.pk, "reason": "mistake"}
    assert take_back_grant(**kwargs, key="b1").details["coins"] == 70
    before = rows_written()
    with pytest.raises(InsufficientCoins):
        take_back_grant(**kwargs, key="b2")
    assert rows_written() == before
    assert total("granted", "COIN") == -30


# --- gifts ----------------------------------------------------------------------------------------
def test_a_gift_moves_coins_and_diamonds_and_touches_no_system_row():
    sender, creator = make_user(), make_user()
    old = economy.recharge(sender, 300)
    new = economy.recharge(sender, 300)
    outcome = economy.gift(sender, creator, 400, now=NOW)

    coin, diamond = sorted(
        Transfer.objects.filter(operation_id=outcome.operation), key=lambda t: t.lots is None
    )
    assert (coin.amount, coin.lots, coin.lot_coins) == (400, [old, new], [300, 100])
    assert (diamond.amount, diamond.clears_at) == (400, NOW + timedelta(days=7))
    assert economy.balances(sender).wallet == 200
    assert economy.balances(creator).clearing == 400
    derived = Account.objects.filter(kind__in=("spent", "earned"))
    assert {(a.debits_posted, a.credits_posted) for a in derived} == {(0, 0)}
    assert {a.kind: balance_of(a) for a in derived} == {"spent": 400, "earned": -400}


def test_a_batch_is_judged_in_order_and_a_refusal_does_not_touch_the_others():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    outcomes = post([economy.gift_ask(sender, creator, coins) for coins in (60, 60, 30)])

    assert [o.done for o in outcomes] == [True, False, True]
    assert outcomes[1].details == {"missing": 20, "balance": 40}
    assert economy.balances(sender).wallet == 10


def test_two_equal_keys_in_one_batch_have_one_outcome():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    asks = [economy.gift_ask(sender, creator, coins, key="k") for coins in (60, 60, 61)]
    first, second, other = post(asks)

    assert first.done
    assert (second.operation, second.repeated) == (first.operation, True)
    assert (other.done, other.code) == (False, "repeat_differs")
    assert economy.balances(sender).wallet == 40


def test_a_refusal_is_final_for_its_key():
    sender, creator = make_user(), make_user()
    refused = economy.gift(sender, creator, 10, key="k")
    economy.recharge(sender, 100)
    again = economy.gift(sender, creator, 10, key="k")

    assert (refused.code, again.code, again.repeated) == (
        "insufficient_coins",
        "insufficient_coins",
        True,
    )
    assert economy.balances(sender).wallet == 100


def test_undo_gives_the_same_lots_back_once():
    sender, creator = make_user(), make_user()
    lot = economy.recharge(sender, 100)
    given = economy.gift(sender, creator, 60)

    assert economy.undo(given.operation).details == {"coins": 60}
    assert economy.undo(given.operation).code == "nothing_to_take_back"
    assert Lot.objects.get(pk=lot).remaining == 100
    assert economy.balances(creator).clearing == 0


def test_an_emptied_lot_opens_again_when_its_coins_come_back():
    sender, creator = make_user(), make_user()
    lot = economy.recharge(sender, 60)
    given = economy.gift(sender, creator, 60)
    assert not Lot.objects.get(pk=lot).open
    economy.undo(given.operation)
    assert Lot.objects.get(pk=lot).open
    assert economy.gift(sender, creator, 60).done


# --- clearing -------------------------------------------------------------------------------------
def test_diamonds_clear_on_their_date_and_not_before():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100, risk="card")
    economy.recharge(sender, 100, risk="bank")
    economy.gift(sender, creator, 100, now=NOW)  # card: 7 days
    economy.gift(sender, creator, 50, now=NOW)  # bank: 2 days
    asset = economy.DIAMOND

    with pytest.raises(NothingDue):
        sweep_clearing(user_id=creator.pk, asset=asset, now=NOW + timedelta(days=1))
    sweep_clearing(user_id=creator.pk, asset=asset, now=NOW + timedelta(days=2))
    assert economy.balances(creator).available == 50
    due = NOW + timedelta(days=7)
    assert clearing_due(now=due) == [(creator.pk, asset)]
    sweep_clearing(user_id=creator.pk, asset=asset, now=due)
    assert clearing_due(now=due) == []
    balances = economy.balances(creator)
    assert (balances.clearing, balances.available) == (0, 150)


def test_clears_at_is_rounded_up_to_the_step_and_after_the_undo_window(settings):
    settings.CLEARING_DAYS = settings.CLEARING_DAYS | {"offline": 0}
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 10, risk="offline")
    given = economy.gift(sender, creator, 10, now=NOW + timedelta(seconds=1))
    diamond = Transfer.objects.get(operation_id=given.operation, lots=None)
    assert diamond.clears_at == NOW + timedelta(hours=1)


def test_cleared_diamonds_are_not_undone_but_staff_reverse_what_is_available():
    sender, creator, staff = make_user(), make_user(), make_user(is_staff=True)
    economy.recharge(sender, 100)
    given = economy.gift(sender, creator, 100, now=NOW)
    sweep_clearing(user_id=creator.pk, asset=economy.DIAMOND, now=NOW + timedelta(days=8))

    assert economy.undo(given.operation).code == "too_late"
    reverse_gift(operation_id=given.operation, staff_id=staff.pk, reason="fraud", key="r1")
    assert economy.balances(sender).wallet == 100
    assert economy.balances(creator).available == 0


# --- freezing -------------------------------------------------------------------------------------
def test_a_freeze_binds_what_a_person_asks_for_and_not_what_comes_back():
    sender, creator, staff = make_user(), make_user(), make_user(is_staff=True)
    economy.recharge(sender, 100)
    given = economy.gift(sender, creator, 60)
    words = {"staff_id": staff.pk, "reason": "stolen card"}
    freeze_user(user_id=sender.pk, can_debit=False, can_credit=False, key="f", **words)

    before = rows_written()
    assert economy.gift(sender, creator, 10).code == Frozen.code
    assert rows_written() == before
    assert economy.undo(given.operation).done
    freeze_user(user_id=sender.pk, can_debit=True, can_credit=True, key="u", **words)
    assert economy.gift(sender, creator, 10).done


def test_frozen_diamonds_go_back_to_clearing_or_on_to_available():
    sender, creator, staff = make_user(), make_user(), make_user(is_staff=True)
    economy.recharge(sender, 100)
    words = {"staff_id": staff.pk, "reason": "looks odd"}
    ids = []
    for number in range(2):
        given = economy.gift(sender, creator, 30, now=NOW)
        freeze = freeze_gift(operation_id=given.operation, key=f"f{number}", **words)
        ids.append(freeze.details["freeze"])
    assert economy.balances(creator) == economy.Balances(0, 0, 0, 60)
    end_freeze(freeze_id=ids[0], taken=False, key="e0", **words)
    assert economy.balances(creator) == economy.Balances(0, 30, 0, 30)
    sweep_clearing(user_id=creator.pk, asset=economy.DIAMOND, now=NOW + timedelta(days=8))
    end_freeze(freeze_id=ids[1], taken=False, key="e1", **words)
    assert economy.balances(creator) == economy.Balances(0, 0, 60, 0)
    with pytest.raises(AlreadyResolved):
        end_freeze(freeze_id=ids[1], taken=True, key="e2", **words)


# --- refunds and disputes -------------------------------------------------------------------------
def test_a_refund_of_half_a_lot_gives_half_its_money_tax_and_reserve_back():
    user = make_user()
    lot = economy.recharge(user, 1_000, price=1_000, tax=167)
    asked = ask_refund(user_id=user.pk, lot_id=lot, coins=500, ref="r", key="r")
    assert (asked.details["money"], asked.details["tax"], asked.details["reserve"]) == (500, 83, 8)
    assert economy.balances(user).wallet == 500
    end_refund(operation=Operation.objects.get(pk=asked.operation), ref="r", done=True)

    assert total("provider", ref="offline") == -500
    assert total("tax", ref="AT") == 84
    assert (total("sales"), total("reserve")) == (407, 9)
    assert total("sold", "COIN") == -500


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_takes_unspent_coins_first_then_uncleared_gifts_then_the_reserve(won):
    sender, creator = make_user(), make_user()
    lot = economy.recharge(sender, 1_000, price=1_000, tax=167)
    economy.gift(sender, creator, 300, now=NOW)
    sweep_clearing(user_id=creator.pk, asset=economy.DIAMOND, now=NOW + timedelta(days=8))
    economy.gift(sender, creator, 300, now=NOW + timedelta(days=9))
    taken = withdraw_dispute(ref="d", lot_id=lot, money=1_000, fee=15)
    assert (taken.details["from_wallet"], taken.details["from_gifts"]) == (400, 300)
    assert economy.balances(creator) == economy.Balances(0, 0, 300, 300)
    assert economy.balances(sender).wallet == 0

    end_dispute(operation=Operation.objects.get(pk=taken.operation), ref="d", won=won)
    assert total("disputed") == 0
    if won:
        assert economy.balances(sender).wallet == 400
        assert economy.balances(creator) == economy.Balances(0, 300, 300, 0)
        assert (total("reserve"), total("losses"), total("sales")) == (17, 0, 816)
    else:
        assert economy.balances(creator) == economy.Balances(0, 0, 300, 0)
        # 833 net: 583 for the 700 coins recovered; of the rest the reserve has 17.
        assert (total("sales"), total("reserve")) == (816 - 583, 0)
        assert total("losses") == -(833 - 583 - 17)


# --- the close ------------------------------------------------------------------------------------
def test_the_close_sums_a_day_once_and_moves_the_ledger_on():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    economy.gift(sender, creator, 60)
    today = LedgerDay.objects.get().day

    assert close_day(today=today) is None
    assert close_day(today=today + timedelta(days=1)) == today
    economy.gift(sender, creator, 30)
    spent = Account.objects.get(kind="spent")
    assert ClosedDay.objects.get(account=spent).credits_posted == 60
    assert balance_of(spent) == 90
    assert Transfer.objects.filter(day=today + timedelta(days=1)).count() == 2
    assert close_day(today=today + timedelta(days=4)) == today + timedelta(days=1)
    assert ClosedDay.objects.filter(account=spent).latest("day").credits_posted == 90


def test_a_close_waits_for_a_writer_so_that_nothing_is_left_behind():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    today = LedgerDay.objects.get().day
    ask = economy.gift_ask(sender, creator, 60)
    closed: list[date | None] = []

    def close() -> None:
        try:
            closed.append(close_day(today=today + timedelta(days=1)))
        finally:
            connection.close()

    with transaction.atomic():
        post([ask])
        thread = threading.Thread(target=close)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join()
    assert closed == [today]
    assert ClosedDay.objects.get(account__kind="spent").credits_posted == 60


# --- guards ---------------------------------------------------------------------------------------
def test_a_transaction_locks_its_accounts_once():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    asks = [economy.gift_ask(sender, creator, 10) for _ in range(2)]
    before = rows_written()
    with pytest.raises(LedgerBroken), transaction.atomic():
        post(asks[:1])
        post(asks[1:])
    assert rows_written() == before


def test_an_error_in_a_batch_fails_only_the_guilty_operation():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    asks = [economy.gift_ask(sender, creator, coins) for coins in (10, 10, 10)]
    guilty = asks[1]
    guilty.data["coins"] = -10
    outcomes = post(asks)
    assert [(o.done, o.code) for o in outcomes] == [(True, ""), (False, "error"), (True, "")]
    assert economy.balances(sender).wallet == 80


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, "5", None])
def test_an_amount_that_is_no_positive_whole_number_moves_nothing(amount):
    before = rows_written()
    with pytest.raises((LedgerBroken, TypeError)):
        post_cash(entry="owner_money", amount=amount, currency="USD", key="k")
    assert rows_written()[0] == before[0]


def test_a_stopped_part_refuses_with_its_message_and_opens_again_for_the_same_key():
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    Switch.objects.filter(pk="posting").update(stopped=True, message="Back at noon.")
    refused = economy.gift(sender, creator, 10, key="k")
    assert (refused.code, refused.details) == (Stopped.code, {"message": "Back at noon."})
    Switch.objects.filter(pk="posting").update(stopped=False)
    assert economy.gift(sender, creator, 10, key="k").done


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE wallets_transfer SET amount = 1",
        "DELETE FROM wallets_transfer",
        "TRUNCATE wallets_transfer",
        "UPDATE wallets_operation SET reason = 'x'",
        "DELETE FROM wallets_operation",
        "DELETE FROM wallets_lot",
        "DELETE FROM wallets_account",
        "TRUNCATE wallets_account CASCADE",
        "UPDATE wallets_account SET debits_posted = credits_posted + 1 WHERE kind = 'wallet'",
        "UPDATE wallets_account SET credits_pending = 1 WHERE kind = 'wallet'",
        "UPDATE wallets_account SET credits_posted = 1 WHERE kind = 'spent'",
        "UPDATE wallets_lot SET remaining = -1",
        "UPDATE wallets_lot SET remaining = coins + 1",
        "UPDATE wallets_lot SET open = false",
    ],
)
def test_the_database_refuses_what_must_never_be(damage, owner):
    sender, creator = make_user(), make_user()
    economy.recharge(sender, 100)
    economy.gift(sender, creator, 10)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(damage)
    with pytest.raises(psycopg.Error):  # neither as the owner, while the guards are on
        owner.execute(damage)
