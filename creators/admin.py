from typing import Any

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from creators import staff_actions
from creators.models import (
    Creator,
    Earning,
    ModerationAct,
    PayoutBatch,
    PayoutItem,
    PayoutMethod,
    Stream,
    StreamKey,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalPart,
)
from creators.report_acts import REPORT_ACTS
from users.models import Report
from users.staff import ReadOnly, ReadOnlyRows, ReasonedActions, add_staff_actions
from users.waiting import Waiting
from wallets.models import diamond
from wallets.money import Money
from wallets.staff import Amounts
from wallets.templatetags.money import diamonds_text, money


class EventRows(ReadOnlyRows):
    model = WithdrawalEvent
    readonly_fields = ["created", "state", "by", "note"]
    fields = ("created", "state", "by", "note")


class PartRows(ReadOnlyRows):
    model = WithdrawalPart
    fields = ("series", "amount", "hold_id")
    readonly_fields = fields

    @admin.display(description=_("diamonds"))
    def amount(self, part: WithdrawalPart) -> str:
        return diamonds_text(part.diamonds, part.value_millionths)


class ItemRows(ReadOnlyRows):
    model = PayoutItem
    fields = ("withdrawal", "payee_name", "amount", "state", "reference")
    readonly_fields = ("amount",)

    @admin.display(description=_("amount"))
    def amount(self, item: PayoutItem) -> str:
        return money(Money(item.amount_minor, item.currency))


@admin.register(Creator)
class CreatorAdmin(ReasonedActions, ReadOnly):
    list_display = ["user", "state", "rules_version", "accepted_at", "approved_at"]
    list_filter = ["state", "rules_version", "accepted_at"]
    list_select_related = ["user"]
    search_fields = ["user__handle", "user__email", "user__display_name"]
    show_full_result_count = False
    staff_actions = staff_actions.CREATOR_ACTIONS
    waiting = [
        Waiting(
            label=_("Creators to approve"),
            rows=lambda: Creator.objects.filter(state=Creator.State.APPLIED),
            query={"state__exact": Creator.State.APPLIED},
            since="accepted_at",
        )
    ]


@admin.register(Stream)
class StreamAdmin(ReasonedActions, ReadOnly):
    list_display = ["title", "creator", "state", "started", "ended", "ended_why"]
    list_filter = ["state", "ended_why", "started"]
    list_select_related = ["place__creator__user"]
    search_fields = ["title", "place__creator__user__handle", "=place__public_id"]
    # "live" comes after "ended", so descending puts it first.
    ordering = ["-state", "-started"]
    show_full_result_count = False
    staff_actions = staff_actions.STREAM_ACTIONS

    @admin.display(description=_("creator"))
    def creator(self, stream: Stream) -> Any:
        return stream.place.creator


@admin.register(StreamKey)
class StreamKeyAdmin(ReasonedActions, ReadOnly):
    """What encoders sign in with. The key itself is kept as its hash, and not shown."""

    list_display = ["creator", "name", "hint", "created", "revoked"]
    list_filter = [("revoked", admin.EmptyFieldListFilter), "created"]
    list_select_related = ["creator__user"]
    search_fields = ["creator__user__handle", "=name"]
    exclude = ["hashed"]
    show_full_result_count = False
    staff_actions = staff_actions.STREAM_KEY_ACTIONS


@admin.register(PayoutMethod)
class PayoutMethodAdmin(ReadOnly):
    list_display = ["creator", "rail", "payee_name", "masked", "created", "takes_effect"]
    list_filter = ["rail", "created"]
    list_select_related = ["creator__user"]
    search_fields = ["creator__user__handle", "payee_name"]


@admin.register(Withdrawal)
class WithdrawalAdmin(ReasonedActions, Amounts):
    in_money = ("base_minor", "paid_minor", "fee_minor")
    list_display = ["public_id", "creator", "state", "diamonds", "base_minor", "paid_minor"]
    list_display += ["created"]
    list_filter = ["state", "currency", "created"]
    list_select_related = ["creator__user"]
    search_fields = ["=public_id", "creator__user__handle", "creator__user__email"]
    show_full_result_count = False
    inlines = [PartRows, EventRows, ItemRows]
    staff_actions = staff_actions.WITHDRAWAL_ACTIONS
    waiting = [
        Waiting(
            label=_("Withdrawals to review"),
            rows=lambda: Withdrawal.objects.filter(state=Withdrawal.State.REQUESTED),
            query={"state__exact": Withdrawal.State.REQUESTED},
        )
    ]

    def currency_of(self, withdrawal: Withdrawal, name: str) -> str:
        return settings.BASE_CURRENCY if name == "base_minor" else withdrawal.currency


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReasonedActions, Amounts):
    in_money = ("total_minor",)
    list_display = ["id", "rail", "state", "item_count", "total_minor", "created", "settled_at"]
    list_filter = ["state", "rail", "currency", "created"]
    search_fields = ["=id", "=public_id"]
    inlines = [ItemRows]
    exclude = ["payload_hash"]
    staff_actions = staff_actions.BATCH_ACTIONS
    waiting = [
        Waiting(
            label=_("Payout batches to approve"),
            rows=lambda: PayoutBatch.objects.filter(state=PayoutBatch.State.PREPARED),
            query={"state__exact": PayoutBatch.State.PREPARED},
        )
    ]


@admin.register(PayoutItem)
class PayoutItemAdmin(ReasonedActions, Amounts):
    in_money = ("amount_minor",)
    list_display = ["id", "batch", "payee_name", "amount_minor", "state", "reference", "changed"]
    list_filter = ["state", "batch__rail", "changed"]
    list_select_related = ["batch", "withdrawal"]
    search_fields = ["=batch__id", "payee_name", "reference", "withdrawal__creator__user__handle"]
    show_full_result_count = False
    staff_actions = staff_actions.ITEM_ACTIONS
    waiting = [
        Waiting(
            label=_("Payouts that were sent and are not known to be paid"),
            rows=lambda: PayoutItem.objects.filter(state=PayoutItem.State.SENT),
            query={"state__exact": PayoutItem.State.SENT},
            since="changed",
        )
    ]


@admin.register(Earning)
class EarningAdmin(Amounts):
    in_coins = ("coins", "taken_back_coins")
    in_asset = ("diamonds",)
    list_display = ["created", "creator_id", "supporter_id", "source_name", "coins", "diamonds"]
    list_filter = ["source", "series"]
    search_fields = ["=operation_id", "=creator_id", "=supporter_id"]
    ordering = ["-operation_id"]
    show_full_result_count = False

    def asset_of(self, earning: Earning) -> str:
        return diamond(earning.series)


@admin.register(ModerationAct)
class ModerationActAdmin(ReadOnly):
    """What was done in rooms, by whom, to whom and why; taking back is done on the room's page."""

    list_display = ["created", "creator", "kind", "target", "actor", "role", "reason", "until"]
    list_filter = ["kind", "role", "created"]
    list_select_related = ["creator__user", "target", "actor"]
    search_fields = ["target__handle", "actor__handle", "creator__user__handle", "reason"]
    show_full_result_count = False


add_staff_actions(Report, REPORT_ACTS)
