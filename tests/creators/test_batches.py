"""Payout batches: each stage once, from any line on, and what the ledger books."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.functional import Promise

from creators import tasks
from creators.actions import batches
from creators.actions.batches import (
    advance_batch,
    approve_batch,
    begin_sending,
    discard_batch,
    finish_sending,
    prepare_batch,
    send_batch,
)
from creators.actions.settling import close_batch, settle_batch, settle_item
from creators.actions.withdrawals import cancel_withdrawal
from creators.errors import BatchDamaged, StateChanged
from creators.models import PayoutBatch, PayoutItem, Withdrawal
from creators.rails import RAILS, FrozenBatch, Report
from tests.creators.make import (
    ask_for,
    diamonds_now,
    give,
    make_creator,
    make_paid_creator,
    make_stream,
    money_now,
    transfer_count,
)
from tests.make import make_staff, make_user
from wallets.actions.freeze import freeze_user
from wallets.check import ledger_check
from wallets.errors import LedgerBroken, Stopped
from wallets.models import Account, RateCard, Switch


@pytest.fixture
def by_hand(settings):
    settings.PAYOUT_AUTO_APPROVE = False
    settings.MANUAL_RAIL_PAYS_ITSELF = False
    settings.WITHDRAWAL_FEE_MINOR = 35


def prepared() -> PayoutBatch:
    batch = prepare_batch(rail="manual")
    assert batch is not None
    return batch


def sent_item(creator, diamonds: int = 2_000) -> PayoutItem:
    withdrawal = ask_for(creator, diamonds)
    batch = prepared()
    approve_batch(batch.pk)
    send_batch(batch.pk)
    return batch.items.get(withdrawal=withdrawal)


def paid(item: PayoutItem, reference: str = "BANK-1") -> Report:
    return Report(item_id=item.pk, state="paid", reference=reference)


def states(item: PayoutItem) -> tuple[str, str, str]:
    item = PayoutItem.objects.select_related("withdrawal", "batch").get(pk=item.pk)
    return item.batch.state, item.state, item.withdrawal.state


def test_a_batch_from_the_request_to_the_paid_money(committed_db, by_hand):
    creator, staff = make_paid_creator(10_000), make_staff()
    withdrawal = ask_for(creator, 2_000)

    batch = prepared()
    item = batch.items.get()
    assert states(item) == ("prepared", "frozen", "in_batch")
    assert (batch.item_count, batch.total_minor, batch.currency) == (1, 1_365, "USD")
    assert (item.payee_name, item.instructions) == ("Ada Lin", "IBAN AT61 1904 3002 3457 3201")

    approve_batch(batch.pk, staff_id=staff.pk)
    send_batch(batch.pk)
    assert states(item) == ("sent", "sent", "sent")
    assert diamonds_now(creator) == (0, 8_000, 2_000, 0)

    settle_batch(batch.pk)
    assert states(item) == ("sent", "sent", "sent")

    settle_item(item.pk, paid(item), by_id=staff.pk)
    close_batch(batch.pk)
    assert states(item) == ("settled", "paid", "paid")
    assert diamonds_now(creator) == (0, 8_000, 0, 0)
    money = money_now()
    assert (money["rewards:USD"], money["payout:manual:USD"], money["payout_income:USD"]) == (
        -1_400,
        1_365,
        35,
    )
    assert "exchange:USD" not in money
    assert [event.state for event in withdrawal.events.all()] == [
        "requested",
        "approved",
        "in_batch",
        "sent",
        "paid",
    ]
    last = withdrawal.events.last()
    assert (last.note, last.by_id) == ("BANK-1", staff.pk)
    assert ledger_check() == []


def test_a_payment_is_booked_once_however_often_it_is_reported(committed_db, by_hand):
    creator = make_paid_creator(10_000)
    item = sent_item(creator)
    settle_item(item.pk, paid(item))
    before = transfer_count()

    assert settle_item(item.pk, paid(item, "BANK-2")).repeated
    with pytest.raises(StateChanged):
        settle_item(item.pk, Report(item_id=item.pk, state="failed", note="no such account"))

    assert transfer_count() == before
    item.refresh_from_db()
    assert (item.state, item.reference) == ("paid", "BANK-1")
    assert ledger_check() == []


@pytest.mark.parametrize("state", ["failed", "returned"])
def test_a_payment_that_fails_gives_the_diamonds_back(committed_db, by_hand, state: str):
    creator = make_paid_creator(10_000)
    item = sent_item(creator)
    settle_item(item.pk, Report(item_id=item.pk, state=state, note="The account is closed."))
    again = settle_item(
        item.pk, Report(item_id=item.pk, state=state, note="The account is closed.")
    )

    assert again.repeated
    assert states(item)[1:] == (state, state)
    assert diamonds_now(creator) == (0, 10_000, 0, 0)
    assert money_now().get("rewards:USD") is None
    assert Withdrawal.objects.get().events.last().note == "The account is closed."
    with pytest.raises(StateChanged):
        settle_item(item.pk, paid(item))
    assert ledger_check() == []


def test_money_that_comes_back_after_weeks_is_booked_in_reverse(committed_db, by_hand):
    creator = make_paid_creator(10_000)
    item = sent_item(creator)
    settle_item(item.pk, paid(item))
    close_batch(item.batch_id)

    back = Report(item_id=item.pk, state="returned", note="Returned by the bank.")
    settle_item(item.pk, back)

    assert states(item) == ("settled", "returned", "returned")
    item.refresh_from_db()
    assert item.reference == "BANK-1"
    assert diamonds_now(creator) == (0, 10_000, 0, 0)
    assert [name for name in money_now() if name.startswith(("payout", "rewards"))] == []
    with pytest.raises(StateChanged):
        settle_item(item.pk, back.__class__(item_id=item.pk, state="failed"))
    assert ledger_check() == []


def test_a_frozen_withdrawal_cannot_be_cancelled(committed_db, by_hand):
    creator = make_paid_creator(10_000)
    withdrawal = ask_for(creator, 2_000)
    batch = prepared()
    with pytest.raises(StateChanged):
        cancel_withdrawal(creator_id=creator.pk, public_id=withdrawal.public_id)
    assert diamonds_now(creator) == (0, 8_000, 2_000, 0)

    discard_batch(batch.pk, staff_id=make_staff().pk)
    assert states(batch.items.get()) == ("discarded", "discarded", "approved")
    cancel_withdrawal(creator_id=creator.pk, public_id=withdrawal.public_id)
    assert diamonds_now(creator) == (0, 10_000, 0, 0)
    assert prepare_batch(rail="manual") is None
    assert ledger_check() == []


def test_a_discarded_batch_is_followed_by_another(committed_db, by_hand):
    make_paid_creator(10_000)
    withdrawal = ask_for(make_paid_creator(10_000), 2_000)
    first = prepared()
    discard_batch(first.pk, staff_id=make_staff().pk)
    second = prepared()
    assert list(second.items.values_list("withdrawal", flat=True)) == [withdrawal.pk]
    with pytest.raises(StateChanged):
        approve_batch(first.pk)


def test_each_stage_runs_again_after_a_crash_at_any_line(committed_db, by_hand, settings):
    creators = [make_paid_creator(5_000) for _ in range(3)]
    for creator in creators:
        ask_for(creator, 2_000)

    batch = prepared()
    assert prepare_batch(rail="manual") is None
    approve_batch(batch.pk)
    first = begin_sending(batch.pk)
    second = begin_sending(batch.pk)  # died before or after the rail had it
    assert first == second
    finish_sending(batch.pk)
    finish_sending(batch.pk)
    with pytest.raises(StateChanged):
        begin_sending(batch.pk)

    items = list(batch.items.order_by("pk"))
    settle_item(items[0].pk, paid(items[0]))  # died after the first report
    settings.MANUAL_RAIL_PAYS_ITSELF = True
    settle_batch(batch.pk)
    settle_batch(batch.pk)

    assert [states(item) for item in items] == [("settled", "paid", "paid")] * 3
    assert money_now()["payout:manual:USD"] == 3 * 1_365
    assert [diamonds_now(creator) for creator in creators] == [(0, 3_000, 0, 0)] * 3
    assert PayoutBatch.objects.count() == 1
    assert ledger_check() == []


def test_the_tasks_take_everything_to_its_end_and_run_twice(committed_db, settings):
    settings.PAYOUT_AUTO_APPROVE = settings.MANUAL_RAIL_PAYS_ITSELF = True
    creator = make_paid_creator(10_000)
    withdrawal = ask_for(creator, 2_000)

    tasks.prepare("manual")  # its message to go on gets lost, as no worker runs here
    batch = PayoutBatch.objects.get()
    tasks.advance(batch.pk)
    tasks.advance(batch.pk)
    tasks.prepare("manual")

    withdrawal.refresh_from_db()
    assert withdrawal.state == "paid"
    assert PayoutItem.objects.get().reference == f"MANUAL-{PayoutItem.objects.get().pk:06}"
    assert PayoutBatch.objects.get().state == "settled"
    assert money_now()["payout:manual:USD"] == 1_400
    assert ledger_check() == []


def test_without_automatic_approval_a_batch_waits(committed_db, by_hand):
    ask_for(make_paid_creator(10_000), 2_000)
    batch = prepared()
    advance_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "prepared"


def test_stopped_sending_prepares_and_sends_nothing(committed_db, by_hand):
    creator = make_paid_creator(10_000)
    ask_for(creator, 2_000)
    batch = prepared()
    approve_batch(batch.pk)
    ask_for(creator, 2_000)
    Switch.objects.filter(name="sending").update(stopped=True, message="The bank is closed.")

    with pytest.raises(Stopped):
        prepare_batch(rail="manual")
    with pytest.raises(Stopped):
        send_batch(batch.pk)
    tasks.advance(batch.pk)
    tasks.prepare("manual")

    batch.refresh_from_db()
    assert batch.state == "approved"
    assert PayoutBatch.objects.count() == 1
    Switch.objects.filter(name="sending").update(stopped=False)
    tasks.advance(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "sent"


def test_the_withdrawal_of_a_frozen_account_waits(committed_db, by_hand):
    creator, staff = make_paid_creator(10_000), make_staff()
    ask_for(creator, 2_000)
    freeze = {"user_id": creator.pk, "staff_id": staff.pk, "reason": "looked into"}
    freeze_user(can_debit=False, can_credit=True, key="f1", **freeze)
    assert prepare_batch(rail="manual") is None
    freeze_user(can_debit=True, can_credit=True, key="f2", **freeze)
    assert prepared().item_count == 1


def test_a_damaged_ledger_stops_the_batch(committed_db, by_hand, owner):
    creator = make_paid_creator(10_000)
    ask_for(creator, 2_000)
    owner.execute("SET session_replication_role = replica")
    owner.execute(
        "UPDATE wallets_account SET credits_posted = credits_posted + 1 "
        "WHERE owner_id = %s AND kind = 'available'",
        [creator.pk],
    )
    with pytest.raises(LedgerBroken, match="balances"):
        prepare_batch(rail="manual")
    assert PayoutBatch.objects.count() == 0
    assert Withdrawal.objects.get().state == "approved"


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("withdrawals", "UPDATE creators_withdrawal SET state = 'failed'"),
        ("withdrawals", "UPDATE creators_withdrawalpart SET diamonds = diamonds + 1"),
        ("withdrawals", "UPDATE creators_withdrawal SET paid_minor = paid_minor + 1"),
        ("withdrawals", "DELETE FROM creators_withdrawalevent WHERE state = 'paid'"),
        ("payouts", "UPDATE creators_payoutitem SET state = 'sent'"),
        ("payouts", "UPDATE creators_payoutitem SET amount_minor = amount_minor - 1"),
        ("payouts", "UPDATE creators_payoutbatch SET item_count = 2"),
        ("earnings", "UPDATE creators_earning SET diamonds = diamonds + 1"),
        ("earnings", "UPDATE creators_earning SET taken_back_coins = 1"),
        ("earnings", "UPDATE creators_earning SET creator_id = creator_id + 1"),
    ],
)
def test_the_check_names_the_damage(committed_db, by_hand, owner, name, damage):
    item = sent_item(make_paid_creator(10_000))
    settle_item(item.pk, paid(item))
    assert ledger_check() == []
    owner.execute("SET session_replication_role = replica")
    owner.execute(damage)
    assert name in {difference.name for difference in ledger_check()}


def test_the_sweep_task_makes_due_diamonds_available(committed_db):
    creators = [make_paid_creator(), make_paid_creator()]
    now = timezone.now()
    for creator in creators:
        stream = make_stream(creator)
        give(make_user(), stream, 700, now=now - timedelta(days=8))
        give(make_user(), stream, 300)
    tasks.sweep_clearings()
    tasks.sweep_clearings()
    assert [diamonds_now(creator) for creator in creators] == [(300, 700, 0, 0)] * 2
    assert ledger_check() == []


def test_a_new_series_gets_its_accounts(committed_db):
    creator, waiting = make_creator(), make_creator(state="applied")
    RateCard.objects.create(
        starts=timezone.now() + timedelta(days=40),
        diamonds_per_coin=1,
        diamond_value_millionths=8_000,
        series=2,
    )
    tasks.open_new_series()
    tasks.open_new_series()
    kinds = Account.objects.filter(owner=creator.pk, asset="DIAMOND.2").values_list("kind")
    assert sorted(kind for (kind,) in kinds) == ["available", "clearing", "held"]
    assert not Account.objects.filter(owner=waiting.pk, asset="DIAMOND.2").exists()


def test_a_changed_payee_is_not_sent(committed_db, by_hand, owner):
    ask_for(make_paid_creator(10_000), 2_000)
    batch = prepared()
    approve_batch(batch.pk)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        batch.items.update(instructions="IBAN of a thief")
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE creators_payoutitem SET instructions = 'IBAN of a thief'")
    with pytest.raises(BatchDamaged):
        send_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "approved"


def test_a_rail_that_fails_is_tried_again_with_the_same_payload(committed_db, by_hand):
    ask_for(make_paid_creator(10_000), 2_000)
    batch = prepared()
    approve_batch(batch.pk)
    got: list[FrozenBatch] = []

    class LosesItsAnswer:
        """Takes the batch, and the connection breaks before it can say so."""

        name = "manual"
        label: str | Promise = "a bank"

        def send(self, frozen):
            got.append(frozen)
            if len(got) == 1:
                raise ConnectionError("lost")

        def ask(self, frozen):
            return []

    real = RAILS["manual"]
    RAILS["manual"] = LosesItsAnswer()
    try:
        with pytest.raises(ConnectionError):
            advance_batch(batch.pk)
        batch.refresh_from_db()
        assert batch.state == "sending"
        advance_batch(batch.pk)
    finally:
        RAILS["manual"] = real
    batch.refresh_from_db()
    assert batch.state == "sent"
    assert got[0] == got[1]
    assert got[0].id == batch.public_id


def test_the_database_allows_one_live_item_of_a_withdrawal(committed_db, by_hand):
    item = sent_item(make_paid_creator(10_000))
    with pytest.raises(IntegrityError, match="item_one_live"), transaction.atomic():
        PayoutItem.objects.create(
            batch=item.batch,
            withdrawal=item.withdrawal,
            amount_minor=item.amount_minor,
            currency="USD",
            payee_name="x",
            instructions="y",
            changed=timezone.now(),
        )
    assert PayoutItem.objects.count() == 1


def build_at_once(threads: int) -> list[Exception]:
    """Build batches in several threads that start together; what went wrong."""
    barrier = threading.Barrier(threads)
    errors: list[Exception] = []

    def build() -> None:
        try:
            barrier.wait(timeout=20)
            prepare_batch(rail="manual")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=build) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return errors


def test_batches_built_at_once_hold_each_withdrawal_once(committed_db, by_hand):
    creator = make_paid_creator(100_000)
    wanted = {ask_for(creator, 2_000).pk for _ in range(12)}

    errors = build_at_once(4)
    prepare_batch(rail="manual")

    assert errors == []
    items = list(PayoutItem.objects.values_list("withdrawal", flat=True))
    assert sorted(items) == sorted(wanted)
    assert ledger_check() == []


def test_without_the_locks_two_builders_meet(committed_db, by_hand, monkeypatch):
    """The negative control: read without locks, both builders freeze the same withdrawals."""
    creator = make_paid_creator(100_000)
    for _ in range(3):
        ask_for(creator, 2_000)
    both_have_read = threading.Barrier(2)

    def read_only(*, rail: str, most: int) -> list[Withdrawal]:
        found = list(Withdrawal.objects.filter(state="approved").select_related("method"))
        both_have_read.wait(timeout=20)
        return found

    monkeypatch.setattr(batches.locks, "lock_withdrawals_to_batch", read_only)
    errors = build_at_once(2)

    # The unique index is the last guard: one builder's transaction is thrown away.
    assert len(errors) == 1
    assert isinstance(errors[0], IntegrityError | StateChanged)
    assert PayoutItem.objects.count() == 3
