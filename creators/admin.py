from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from creators import staff_actions
from creators.models import (
    Creator,
    Earning,
    PayoutBatch,
    PayoutItem,
    PayoutMethod,
    Stream,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalPart,
)
from users.staff import ReadOnly, ReadOnlyRows, ReasonedActions
from users.waiting import Waiting
from wallets.money import Money, format_money
from wallets.staff import CoinAmounts


def money(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency), "en")


class EventRows(ReadOnlyRows):
    model = WithdrawalEvent
    readonly_fields = ["created", "state", "by", "note"]
    fields = ("created", "state", "by", "note")


class PartRows(ReadOnlyRows):
    model = WithdrawalPart
    fields = ("series", "diamonds", "value_millionths", "hold_id")


class ItemRows(ReadOnlyRows):
    model = PayoutItem
    fields = ("withdrawal", "payee_name", "amount_minor", "state", "reference")


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
    show_full_result_count = False
    staff_actions = staff_actions.STREAM_ACTIONS

    @admin.display(description=_("creator"))
    def creator(self, stream: Stream) -> Any:
        return stream.place.creator


@admin.register(PayoutMethod)
class PayoutMethodAdmin(ReadOnly):
    list_display = ["creator", "rail", "payee_name", "masked", "created", "takes_effect"]
    list_filter = ["rail", "created"]
    list_select_related = ["creator__user"]
    search_fields = ["creator__user__handle", "payee_name"]


@admin.register(Withdrawal)
class WithdrawalAdmin(ReasonedActions, ReadOnly):
    list_display = ["public_id", "creator", "state", "diamonds", "worth", "to_pay", "created"]
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

    @admin.display(description=_("worth"), ordering="base_minor")
    def worth(self, withdrawal: Withdrawal) -> str:
        return money(withdrawal.base_minor, withdrawal.currency)

    @admin.display(description=_("to be paid"), ordering="paid_minor")
    def to_pay(self, withdrawal: Withdrawal) -> str:
        return money(withdrawal.paid_minor, withdrawal.currency)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReasonedActions, ReadOnly):
    list_display = ["id", "rail", "state", "item_count", "total", "created", "settled_at"]
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

    @admin.display(description=_("sum"), ordering="total_minor")
    def total(self, batch: PayoutBatch) -> str:
        return money(batch.total_minor, batch.currency)


@admin.register(PayoutItem)
class PayoutItemAdmin(ReasonedActions, ReadOnly):
    list_display = ["id", "batch", "payee_name", "amount", "state", "reference", "changed"]
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

    @admin.display(description=_("amount"), ordering="amount_minor")
    def amount(self, item: PayoutItem) -> str:
        return money(item.amount_minor, item.currency)


@admin.register(Earning)
class EarningAdmin(CoinAmounts):
    in_coins = ("coins", "taken_back_coins")
    list_display = ["created", "creator_id", "supporter_id", "source_name", "coins", "diamonds"]
    list_filter = ["source", "series"]
    search_fields = ["=operation_id", "=creator_id", "=supporter_id"]
    ordering = ["-operation_id"]
    show_full_result_count = False
