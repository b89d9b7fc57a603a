"""What staff can do about creators and payouts; each calls one domain action."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from creators.actions import applying, batches, settling, stream_keys, streams, withdrawals
from creators.errors import NothingToPrepare
from creators.models import Creator, PayoutBatch, PayoutItem, Stream, StreamKey, Withdrawal
from creators.rails import RAILS, Report
from users.actions.staff import StaffAction
from users.errors import AlreadySo
from users.models import User


class ToldForm(forms.Form):
    told = forms.CharField(
        label=_("What the creator reads"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReferenceForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of the payment"),
        max_length=100,
        help_text=_("As your bank or provider shows it; the creator reads it."),
    )


class RailForm(forms.Form):
    rail = forms.ChoiceField(
        label=_("Way of payment"),
        choices=lambda: [(name, rail.label) for name, rail in RAILS.items()],
    )


def nobody(target: Any) -> None:
    return None


def creator_itself(target: Creator) -> int:
    return target.pk


def creator_of_stream(target: Stream) -> int:
    return target.place.creator_id


def creator_of_withdrawal(target: Withdrawal) -> int:
    return target.creator_id


def creator_of_item(target: PayoutItem) -> int:
    return target.withdrawal.creator_id


def one_of_the_paid(batch: PayoutBatch) -> int | None:
    """The staff member among those whom a batch pays; a batch of others has none."""
    paid = batch.items.filter(withdrawal__creator__user__is_staff=True)
    return paid.values_list("withdrawal__creator", flat=True).first()


def needs_two(target: Withdrawal, fields: Mapping[str, Any]) -> bool:
    return target.base_minor > settings.WITHDRAWAL_TWO_PEOPLE_MINOR


def approve_creator(target: Creator, *, staff: User, reason: str, key: str) -> None:
    applying.approve_creator(target.pk, staff_id=staff.pk)


def suspend_creator(target: Creator, *, staff: User, reason: str, key: str, told: str) -> None:
    applying.suspend_creator(target.pk, told=told)


def end_stream(target: Stream, *, staff: User, reason: str, key: str) -> None:
    streams.end_stream(place_id=target.pk, why=Stream.EndedWhy.STAFF)


def revoke_key(target: StreamKey, *, staff: User, reason: str, key: str) -> None:
    if target.revoked:
        raise AlreadySo()
    stream_keys.revoke_stream_key(creator_id=target.creator_id)


def creator_of_key(target: StreamKey) -> int:
    return target.creator_id


def is_live(target: Stream) -> bool:
    return target.state == Stream.State.LIVE


def approve_withdrawal(target: Withdrawal, *, staff: User, reason: str, key: str) -> None:
    withdrawals.approve_withdrawal(target.pk, staff_id=staff.pk)


def refuse_withdrawal(target: Withdrawal, *, staff: User, reason: str, key: str, told: str) -> None:
    withdrawals.refuse_withdrawal(target, staff_id=staff.pk, reason=told)


def prepare_batch(target: None, *, staff: User, reason: str, key: str, rail: str) -> None:
    if batches.prepare_batch(rail=rail) is None:
        raise NothingToPrepare()


def approve_batch(target: PayoutBatch, *, staff: User, reason: str, key: str) -> None:
    batches.approve_batch(target.pk, staff_id=staff.pk)


def discard_batch(target: PayoutBatch, *, staff: User, reason: str, key: str) -> None:
    batches.discard_batch(target.pk, staff_id=staff.pk)


def item_paid(target: PayoutItem, *, staff: User, reason: str, key: str, reference: str) -> None:
    report = Report(item_id=target.pk, state="paid", reference=reference)
    settling.settle_item(target.pk, report, by_id=staff.pk)


def item_failed(target: PayoutItem, *, staff: User, reason: str, key: str, told: str) -> None:
    report = Report(item_id=target.pk, state="failed", note=told)
    settling.settle_item(target.pk, report, by_id=staff.pk)


def item_returned(target: PayoutItem, *, staff: User, reason: str, key: str, told: str) -> None:
    report = Report(item_id=target.pk, state="returned", note=told)
    settling.settle_item(target.pk, report, by_id=staff.pk)


CREATOR_ACTIONS = [
    StaffAction(
        name="approve",
        label=_("Approve"),
        permission="creators.approve_creator",
        perform=approve_creator,
        whose=creator_itself,
    ),
    StaffAction(
        name="suspend",
        label=_("Suspend"),
        permission="creators.suspend_creator",
        perform=suspend_creator,
        whose=creator_itself,
        form=ToldForm,
        hint=_("A live stream ends, and none can begin. What was earned stays the creator's."),
    ),
]
STREAM_ACTIONS = [
    StaffAction(
        name="end",
        label=_("End the stream"),
        permission="creators.end_stream",
        perform=end_stream,
        whose=creator_of_stream,
        offered=is_live,
        suggest=lambda target: str(_("The stream breaks the rules of this site.")),
        hint=_("Every viewer's page says that staff ended it. It takes no gifts from then on."),
    ),
]
STREAM_KEY_ACTIONS = [
    StaffAction(
        name="revoke",
        label=_("Revoke"),
        permission="creators.revoke_streamkey",
        perform=revoke_key,
        whose=creator_of_key,
        offered=lambda target: target.revoked is None,
        hint=_("An encoder that sends with it is cut off. The creator can make a new one."),
    ),
]
WITHDRAWAL_ACTIONS = [
    StaffAction(
        name="approve",
        label=_("Approve"),
        permission="creators.approve_withdrawal",
        perform=approve_withdrawal,
        whose=creator_of_withdrawal,
        needs_second=needs_two,
    ),
    StaffAction(
        name="refuse",
        label=_("Refuse"),
        permission="creators.refuse_withdrawal",
        perform=refuse_withdrawal,
        whose=creator_of_withdrawal,
        form=ToldForm,
        hint=_("The diamonds go back to the creator."),
    ),
]
BATCH_ACTIONS = [
    StaffAction(
        name="prepare",
        label=_("Prepare a batch now"),
        permission="creators.prepare_payoutbatch",
        perform=prepare_batch,
        whose=nobody,
        form=RailForm,
        takes_row=False,
    ),
    StaffAction(
        name="approve",
        label=_("Approve"),
        permission="creators.approve_payoutbatch",
        perform=approve_batch,
        whose=one_of_the_paid,
        hint=_("It is sent within the next minutes, exactly as it was frozen."),
    ),
    StaffAction(
        name="discard",
        label=_("Discard"),
        permission="creators.approve_payoutbatch",
        perform=discard_batch,
        whose=one_of_the_paid,
        hint=_("Its withdrawals wait for the next batch."),
    ),
]
ITEM_ACTIONS = [
    StaffAction(
        name="paid",
        label=_("Paid"),
        permission="creators.settle_payoutitem",
        perform=item_paid,
        whose=creator_of_item,
        form=ReferenceForm,
    ),
    StaffAction(
        name="failed",
        label=_("Failed"),
        permission="creators.settle_payoutitem",
        perform=item_failed,
        whose=creator_of_item,
        form=ToldForm,
        hint=_("The payment was not made. The diamonds go back to the creator."),
    ),
    StaffAction(
        name="returned",
        label=_("Came back"),
        permission="creators.settle_payoutitem",
        perform=item_returned,
        whose=creator_of_item,
        form=ToldForm,
        hint=_("The money is with us again. The diamonds go back to the creator."),
    ),
]
