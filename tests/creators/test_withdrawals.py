"""Asking for money: what is held, what is refused, what comes back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from creators.actions.payout_methods import set_payout_method
from creators.actions.withdrawals import (
    approve_withdrawal,
    cancel_withdrawal,
    refuse_withdrawal,
    request_withdrawal,
)
from creators.errors import (
    NoPayoutMethod,
    NotCreator,
    PayoutMethodWaits,
    StateChanged,
    SumChanged,
    WithdrawalDayLimit,
    WithdrawalTooSmall,
)
from creators.models import PayoutMethod, Withdrawal, WithdrawalEvent
from creators.payout_sums import Part, most_within, plan_withdrawal, value_of
from creators.selectors.payouts import payout_method, withdrawal_quote
from tests.creators.make import (
    ask_for,
    diamonds_now,
    earn,
    make_creator,
    make_paid_creator,
    transfer_count,
)
from tests.make import make_staff, make_user
from users.errors import Frozen, TooYoung
from users.models import Notification
from wallets.actions.freeze import freeze_user
from wallets.check import ledger_check
from wallets.errors import InsufficientDiamonds, RepeatDiffers, Stopped
from wallets.models import Hold, RateCard, Switch


def refused(creator_id, refusal, *, diamonds=2_000, shown_minor=1_400, key="k"):
    """The request is refused by this name and moves nothing."""
    before = transfer_count(), Hold.objects.count(), Withdrawal.objects.count()
    with pytest.raises(refusal) as caught:
        request_withdrawal(
            creator_id=creator_id, diamonds=diamonds, shown_minor=shown_minor, key=key
        )
    assert (transfer_count(), Hold.objects.count(), Withdrawal.objects.count()) == before
    assert str(caught.value.sentence)
    return caught.value


def second_series(value_millionths: int = 8_333) -> None:
    RateCard.objects.create(
        starts=timezone.now() - timedelta(minutes=1),
        diamonds_per_coin=1,
        diamond_value_millionths=value_millionths,
        series=2,
    )


def test_the_sum_of_several_series_is_rounded_down_once():
    parts = [
        Part(series=1, value_millionths=6_999, diamonds=1_001),
        Part(series=2, value_millionths=8_333, diamonds=1_001),
    ]
    # 7.005999 and 8.341333: 15.347332 together; alone they would lose a cent more.
    assert value_of(parts, "USD").minor == 1_534
    plan = plan_withdrawal(parts, diamonds=1_500, fee_minor=35, currency="USD")
    assert [part.diamonds for part in plan.parts] == [1_001, 499]
    assert (plan.base_minor, plan.fee_minor, plan.paid_minor) == (1_116, 35, 1_081)
    with pytest.raises(InsufficientDiamonds):
        plan_withdrawal(parts, diamonds=2_003, fee_minor=0, currency="USD")


@pytest.mark.parametrize("limit_minor", [0, 1, 699, 700, 701, 1_533, 1_534, 1_535, 9_999])
def test_most_within_is_the_largest_that_keeps_the_limit(limit_minor):
    parts = [
        Part(series=1, value_millionths=6_999, diamonds=1_001),
        Part(series=2, value_millionths=8_333, diamonds=1_001),
    ]
    most = most_within(parts, limit_minor=limit_minor, currency="USD")

    def worth(diamonds: int) -> int:
        if not diamonds:
            return 0
        return plan_withdrawal(parts, diamonds=diamonds, fee_minor=0, currency="USD").base_minor

    assert worth(most) <= limit_minor
    assert most == 2_002 or worth(most + 1) > limit_minor


def test_a_request_holds_the_diamonds_and_fixes_the_sum(committed_db, settings):
    settings.WITHDRAWAL_FEE_MINOR = 35
    creator = make_paid_creator(10_000)

    withdrawal = ask_for(creator, 2_000)

    assert diamonds_now(creator) == (0, 8_000, 2_000, 0)
    assert withdrawal.state == "approved"
    assert (withdrawal.diamonds, withdrawal.base_minor) == (2_000, 1_400)
    assert (withdrawal.paid_minor, withdrawal.fee_minor, withdrawal.currency) == (1_365, 35, "USD")
    assert [event.state for event in withdrawal.events.all()] == ["requested", "approved"]
    (part,) = withdrawal.parts.all()
    hold = Hold.objects.get(pk=part.hold_id)
    assert (hold.amount, hold.state, hold.operation_id) == (
        2_000,
        "pending",
        withdrawal.operation_id,
    )
    assert ledger_check() == []


def test_the_oldest_series_is_taken_first(committed_db):
    creator = make_paid_creator(1_500)
    second_series()
    earn(creator, 4_000, series=2)

    withdrawal = ask_for(creator, 2_500)

    parts = withdrawal.parts.values_list("series", "value_millionths", "diamonds")
    assert list(parts) == [(1, 7_000, 1_500), (2, 8_333, 1_000)]
    assert withdrawal.base_minor == 1_883  # 10.50 + 8.333
    assert diamonds_now(creator) == (0, 3_000, 2_500, 0)
    assert ledger_check() == []


def test_the_same_key_asks_once(committed_db):
    creator = make_paid_creator(10_000)
    first = ask_for(creator, 2_000, key="same")
    again = ask_for(creator, 2_000, key="same")
    assert first == again
    assert diamonds_now(creator) == (0, 8_000, 2_000, 0)
    refused(creator.pk, RepeatDiffers, diamonds=3_000, shown_minor=2_100, key="same")
    assert ledger_check() == []


def test_what_is_not_there_or_out_of_bounds_is_refused(committed_db, settings):
    creator = make_paid_creator(200_000)
    refused(creator.pk, InsufficientDiamonds, diamonds=200_001, key="a")
    refused(creator.pk, WithdrawalTooSmall, diamonds=1_428, shown_minor=999, key="b")
    refusal = refused(
        creator.pk, WithdrawalDayLimit, diamonds=143_000, shown_minor=100_100, key="c"
    )
    assert refusal.details == {"limit_minor": 100_000, "left_minor": 100_000, "currency": "USD"}
    refused(creator.pk, SumChanged, diamonds=2_000, shown_minor=1_399, key="d")
    for diamonds in (0, -5):
        refused(creator.pk, InsufficientDiamonds, diamonds=diamonds, key=f"e{diamonds}")
    assert diamonds_now(creator) == (0, 200_000, 0, 0)
    assert ledger_check() == []


def test_the_limit_of_a_day_counts_what_was_not_given_back(committed_db):
    creator = make_paid_creator(300_000)
    first = ask_for(creator, 100_000)
    refusal = refused(
        creator.pk, WithdrawalDayLimit, diamonds=50_000, shown_minor=35_000, key="over"
    )
    assert refusal.details["left_minor"] == 30_000
    assert withdrawal_quote(creator.pk).most_diamonds == 42_858  # 300.006, rounded down

    cancel_withdrawal(creator_id=creator.pk, public_id=first.public_id)
    ask_for(creator, 142_857)
    assert withdrawal_quote(creator.pk).left_today_minor == 1
    assert ledger_check() == []


def test_no_method_a_new_method_and_no_creator_are_refused(committed_db):
    stranger = make_user()
    refused(stranger.pk, NotCreator)
    creator = make_creator()
    earn(creator, 5_000)
    refused(creator.pk, NoPayoutMethod)
    set_payout_method(creator_id=creator.pk, payee_name="Ada", instructions="IBAN 1")
    refused(creator.pk, PayoutMethodWaits, key="later")
    assert diamonds_now(creator) == (0, 5_000, 0, 0)


def test_a_changed_method_waits_while_the_old_one_pays(committed_db):
    creator = make_paid_creator(5_000)
    old = payout_method(creator.pk)
    new = set_payout_method(creator_id=creator.pk, payee_name="Eve", instructions="IBAN 2")
    again = set_payout_method(creator_id=creator.pk, payee_name="Eve", instructions="IBAN 2")

    assert new == again
    assert new.takes_effect - new.created == timedelta(hours=48)
    assert ask_for(creator, 2_000).method == old
    assert payout_method(creator.pk, at=new.takes_effect) == new
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutMethod.objects.filter(pk=old.pk).update(payee_name="Eve")


def test_the_frozen_the_young_and_a_stopped_switch_are_refused(committed_db):
    creator = make_paid_creator(5_000)
    staff = make_staff()
    freeze = {"user_id": creator.pk, "staff_id": staff.pk, "reason": "looked into"}
    freeze_user(can_debit=False, can_credit=True, key="f1", **freeze)
    refused(creator.pk, Frozen, key="a")
    freeze_user(can_debit=True, can_credit=True, key="f2", **freeze)

    Switch.objects.filter(name="withdrawals").update(stopped=True, message="Back on Monday.")
    refusal = refused(creator.pk, Stopped, key="b")
    assert refusal.details["message"] == "Back on Monday."
    Switch.objects.filter(name="withdrawals").update(stopped=False)

    creator.user.date_of_birth = timezone.localdate() - timedelta(days=17 * 365)
    creator.user.save()
    refused(creator.pk, TooYoung, key="c")
    assert diamonds_now(creator) == (0, 5_000, 0, 0)
    assert ledger_check() == []


def test_a_stored_refusal_stays_and_a_stopped_switch_does_not(committed_db):
    creator = make_paid_creator(1_000)
    refused(creator.pk, InsufficientDiamonds, key="early")
    earn(creator, 5_000)
    refused(creator.pk, InsufficientDiamonds, key="early")
    Switch.objects.filter(name="withdrawals").update(stopped=True, message="Back on Monday.")
    refused(creator.pk, Stopped, key="later")
    Switch.objects.filter(name="withdrawals").update(stopped=False)
    assert ask_for(creator, 2_000, key="later").state == "approved"


def test_cancelling_gives_the_diamonds_back_once(committed_db):
    creator = make_paid_creator(5_000)
    withdrawal = ask_for(creator, 2_000)

    cancel_withdrawal(creator_id=creator.pk, public_id=withdrawal.public_id)
    again = cancel_withdrawal(creator_id=creator.pk, public_id=withdrawal.public_id)

    assert again.repeated
    assert diamonds_now(creator) == (0, 5_000, 0, 0)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "cancelled"
    assert [e.state for e in withdrawal.events.all()] == ["requested", "approved", "cancelled"]
    with pytest.raises(Withdrawal.DoesNotExist):
        cancel_withdrawal(creator_id=make_creator().pk, public_id=withdrawal.public_id)
    assert ledger_check() == []


def test_above_the_review_sum_staff_look_at_it(committed_db):
    creator, staff = make_paid_creator(142_000), make_staff()
    small, large = ask_for(creator, 71_428), ask_for(creator, 70_000)
    assert (small.base_minor, small.state) == (49_999, "approved")
    large = Withdrawal.objects.get(pk=large.pk)
    assert (large.base_minor, large.state) == (49_000, "approved")
    cancel_withdrawal(creator_id=creator.pk, public_id=small.public_id)
    cancel_withdrawal(creator_id=creator.pk, public_id=large.public_id)

    above = ask_for(creator, 71_429 + 143)
    assert (above.base_minor, above.state) == (50_100, "requested")
    approve_withdrawal(above.pk, staff_id=staff.pk)
    above.refresh_from_db()
    assert (above.state, above.events.last().by_id) == ("approved", staff.pk)
    with pytest.raises(StateChanged):
        approve_withdrawal(above.pk, staff_id=staff.pk)
    assert above.events.count() == 2
    assert ledger_check() == []


def test_a_refused_withdrawal_says_why_and_gives_back(committed_db):
    creator, staff = make_paid_creator(100_000), make_staff()
    withdrawal = ask_for(creator, 80_000)

    refuse_withdrawal(withdrawal, staff_id=staff.pk, reason="The name is not yours.")

    withdrawal.refresh_from_db()
    last = withdrawal.events.last()
    assert (withdrawal.state, last.note, last.by_id) == (
        "refused",
        "The name is not yours.",
        staff.pk,
    )
    assert diamonds_now(creator) == (0, 100_000, 0, 0)
    with pytest.raises(StateChanged):
        cancel_withdrawal(creator_id=creator.pk, public_id=withdrawal.public_id)
    assert ledger_check() == []


@pytest.mark.parametrize(
    ("was", "to"),
    [("approved", "paid"), ("approved", "sent"), ("cancelled", "approved"), ("paid", "sent")],
)
def test_the_database_refuses_a_step_that_is_not_there(committed_db, owner, was, to):
    withdrawal = ask_for(make_paid_creator(5_000), 2_000)
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE creators_withdrawal SET state = %s WHERE id = %s", [was, withdrawal.pk])
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(state=to)
    withdrawal.refresh_from_db()
    assert withdrawal.state == was


def test_sums_and_events_cannot_be_changed(committed_db):
    withdrawal = ask_for(make_paid_creator(5_000), 2_000)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(paid_minor=9_999)
    with pytest.raises(DatabaseError), transaction.atomic():
        WithdrawalEvent.objects.filter(withdrawal=withdrawal).update(note="x")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).delete()
    withdrawal.refresh_from_db()
    assert withdrawal.paid_minor == 1_400


def test_steps_that_others_take_are_told(committed_db):
    withdrawal = ask_for(make_paid_creator(2_000), 2_000)
    refuse_withdrawal(withdrawal, staff_id=make_staff().pk, reason="No.")
    [told] = Notification.objects.filter(person=withdrawal.creator_id)
    assert (told.kind, told.data["state"], told.mail) == ("withdrawal_step", "refused", False)
    assert told.path == reverse("withdrawal", args=[withdrawal.public_id])
