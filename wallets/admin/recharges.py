"""Orders of coins and money that does not fit, for staff."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from users.models import User
from users.staff import ReadOnlyRows, ReasonedActions, StaffAction
from users.waiting import Waiting
from wallets.actions.crediting import ask_again, confirm_offline
from wallets.actions.unapplied import credit_unapplied, send_back_unapplied
from wallets.admin.amounts import AmountForm
from wallets.models import Recharge, RechargeEvent, UnappliedPayment
from wallets.money import Money
from wallets.staff import Amounts
from wallets.tasks import hint, settle_recharge


def recheck(recharge: Recharge, *, staff: User, reason: str, key: str) -> None:
    ask_again(recharge)
    transaction.on_commit(lambda: hint(settle_recharge, recharge.pk))


def confirm(recharge: Recharge, *, staff: User, reason: str, key: str, money: Money) -> None:
    confirm_offline(recharge, money)
    transaction.on_commit(lambda: hint(settle_recharge, recharge.pk))


def give_coins(payment: UnappliedPayment, *, staff: User, reason: str, key: str) -> None:
    credit_unapplied(payment, staff=staff, reason=reason)


def send_back(payment: UnappliedPayment, *, staff: User, reason: str, key: str) -> None:
    send_back_unapplied(payment, staff=staff, reason=reason, key=key)


def is_large(recharge: Recharge, fields: Mapping[str, Any]) -> bool:
    return recharge.coins > settings.STAFF_GRANT_TWO_PEOPLE_COINS


class EventRows(ReadOnlyRows):
    model = RechargeEvent
    fields = ("created", "before", "after", "by", "details")
    readonly_fields = fields


@admin.register(Recharge)
class RechargeAdmin(ReasonedActions, Amounts, admin.ModelAdmin):
    in_coins = ("coins",)
    in_money = ("price", "tax")
    list_display = [
        "created",
        "buyer",
        "coins",
        "price",
        "method",
        "state",
        "reference",
        "receipt",
    ]
    list_filter = ["state", "method", "tax_country", "created"]
    search_fields = ["=id", "=public_id", "=reference", "buyer__handle", "buyer__email"]
    list_select_related = ["buyer"]
    exclude = ["key"]
    inlines = [EventRows]
    show_full_result_count = False
    waiting = [
        Waiting(
            label=_("Recharges to confirm or still waiting for their payment"),
            rows=lambda: Recharge.objects.filter(state=Recharge.State.SENT),
            query={"state__exact": Recharge.State.SENT},
        ),
        Waiting(
            label=_("Recharges that are paid and not yet credited"),
            rows=lambda: Recharge.objects.filter(state=Recharge.State.PAID),
            query={"state__exact": Recharge.State.PAID},
        ),
    ]
    staff_actions = [
        StaffAction(
            name="recheck",
            label=_("Ask the provider again"),
            permission="wallets.recheck_recharge",
            perform=recheck,
            whose=lambda recharge: recharge.buyer_id,
            hint=_("The answer is here within a minute. Nothing is credited that was not paid."),
        ),
        StaffAction(
            name="confirm",
            label=_("Confirm an offline payment"),
            permission="wallets.confirm_payment",
            perform=confirm,
            whose=lambda recharge: recharge.buyer_id,
            form=AmountForm,
            needs_second=is_large,
            hint=_("Only for money that you have seen. Another sum than ordered waits below."),
        ),
    ]


@admin.register(UnappliedPayment)
class UnappliedPaymentAdmin(ReasonedActions, Amounts, admin.ModelAdmin):
    in_money = ("amount",)
    list_display = ["created", "recharge", "amount", "method", "why", "state"]
    list_filter = ["state", "why", "method", "currency"]
    search_fields = ["=recharge__reference", "recharge__buyer__handle"]
    list_select_related = ["recharge"]
    waiting = [
        Waiting(
            label=_("Money that fits no order"),
            rows=lambda: UnappliedPayment.objects.filter(state=UnappliedPayment.State.WAITING),
            query={"state__exact": UnappliedPayment.State.WAITING},
        )
    ]
    staff_actions = [
        StaffAction(
            name="give_coins",
            label=_("Give the coins that it buys"),
            permission="wallets.place_unapplied",
            perform=give_coins,
            whose=lambda payment: payment.recharge.buyer_id,
        ),
        StaffAction(
            name="send_back",
            label=_("Book that it was sent back"),
            permission="wallets.place_unapplied",
            perform=send_back,
            whose=lambda payment: payment.recharge.buyer_id,
            hint=_("Send the money back at the provider first; this writes it into the books."),
        ),
    ]
