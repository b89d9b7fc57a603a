"""The ledger as staff see it. Nothing here can be added, changed or deleted."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from users.models import User
from users.staff import ReadOnly, ReasonedActions, StaffAction
from wallets.actions.grants import grant_to_wallet, take_back_granted
from wallets.models import (
    Account,
    CheckRun,
    ClosedDay,
    Hold,
    Lot,
    Operation,
    TakenBack,
    Transfer,
)


class CoinsForm(forms.Form):
    coins = forms.IntegerField(label=_("Coins"), min_value=1)


def grant(wallet: Account, *, staff: User, reason: str, key: str, coins: int) -> None:
    grant_to_wallet(wallet, coins=coins, staff=staff, reason=reason, key=key)


def take_back(lot: Lot, *, staff: User, reason: str, key: str) -> None:
    take_back_granted(lot, staff=staff, reason=reason, key=key)


@admin.register(Account)
class AccountAdmin(ReasonedActions, ReadOnly, admin.ModelAdmin):
    list_display = ["id", "owner", "kind", "asset", "ref", "posted", "pending", "frozen"]
    list_filter = ["kind", "asset", "can_debit", "can_credit"]
    search_fields = ["=id", "owner__handle", "owner__email", "ref"]
    list_select_related = ["owner"]
    ordering = ["-id"]
    show_full_result_count = False
    staff_actions = [
        StaffAction(
            name="grant",
            label=_("Grant coins"),
            permission="wallets.grant_coins",
            perform=grant,
            whose=lambda account: account.owner_id,
            form=CoinsForm,
            needs_second=lambda account, fields: (
                fields["coins"] > settings.STAFF_GRANT_TWO_PEOPLE_COINS
            ),
            hint=_("Granted coins can be spent and are never paid out as a refund."),
        )
    ]

    @admin.display(description=_("balance"))
    def posted(self, account: Account) -> str:
        return "derived" if account.kind in Account.DERIVED else str(account.balance)

    @admin.display(description=_("pending"))
    def pending(self, account: Account) -> str:
        return f"-{account.debits_pending} +{account.credits_pending}"

    @admin.display(description=_("frozen"), boolean=True)
    def frozen(self, account: Account) -> bool:
        return not (account.can_debit and account.can_credit)


@admin.register(Transfer)
class TransferAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created", "code", "amount", "debit", "credit", "operation_id", "clears_at"]
    list_filter = ["code", "day"]
    search_fields = ["=id", "=operation_id", "=debit_account_id", "=credit_account_id"]
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        def named(column: str) -> Subquery:
            account = Account.objects.filter(pk=OuterRef(column))
            parts = (F("kind"), Value(" "), F("asset"), Value(" "), F("ref"))
            return Subquery(account.values(name=Concat(*parts))[:1])

        transfers = super().get_queryset(request)
        return transfers.annotate(
            debit_name=named("debit_account_id"), credit_name=named("credit_account_id")
        )

    @admin.display(description=_("debit"))
    def debit(self, transfer: Any) -> str:
        return f"{transfer.debit_name} #{transfer.debit_account_id}"

    @admin.display(description=_("credit"))
    def credit(self, transfer: Any) -> str:
        return f"{transfer.credit_name} #{transfer.credit_account_id}"


@admin.register(Operation)
class OperationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created", "kind", "outcome", "actor", "key", "reason"]
    list_filter = ["kind", "outcome", "created"]
    search_fields = ["=id", "=key", "=actor"]
    exclude = ["request_hash"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Hold)
class HoldAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created", "code", "amount", "state", "debit_account", "credit_account"]
    list_filter = ["state", "code", "created"]
    search_fields = ["=id", "=operation_id", "=debit_account__owner__handle"]
    list_select_related = ["debit_account", "credit_account"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Lot)
class LotAdmin(ReasonedActions, ReadOnly, admin.ModelAdmin):
    list_display = ["id", "owner", "method", "coins", "remaining", "price", "currency", "created"]
    list_filter = ["method", "risk", "open", "currency"]
    search_fields = ["=id", "=recharge_id", "wallet__owner__handle"]
    list_select_related = ["wallet__owner"]
    ordering = ["-id"]
    show_full_result_count = False
    staff_actions = [
        StaffAction(
            name="take_back_grant",
            label=_("Take back granted coins"),
            permission="wallets.grant_coins",
            perform=take_back,
            whose=lambda lot: lot.wallet.owner_id,
            hint=_("Takes what is unspent of coins that staff gave."),
        )
    ]

    @admin.display(description=_("owner"))
    def owner(self, lot: Lot) -> str:
        return str(lot.wallet.owner)


@admin.register(TakenBack)
class TakenBackAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["transfer_id", "span", "why", "state", "ref"]
    list_filter = ["why", "state"]
    search_fields = ["=transfer_id", "=operation_id", "=ref"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(ClosedDay)
class ClosedDayAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["day", "account", "debits_posted", "credits_posted"]
    list_filter = ["day"]
    search_fields = ["=account__id", "account__kind"]
    list_select_related = ["account"]
    ordering = ["-day", "account"]


@admin.register(CheckRun)
class CheckRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["started", "finished", "transfers", "found"]
    list_filter = ["started"]
    search_fields = ["differences"]

    @admin.display(description=_("differences"))
    def found(self, run: CheckRun) -> int:
        return len(run.differences)
