"""The ledger as staff see it. Nothing here can be added, changed or deleted."""

from collections.abc import Mapping
from functools import cache
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
from users.waiting import Waiting
from wallets.actions.cash import BY_HAND, enter_cash, refs_of
from wallets.actions.freeze import end_hold, freeze_owner
from wallets.actions.grants import grant_to_wallet, take_back_granted
from wallets.admin.amounts import AmountForm
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
from wallets.money import Money
from wallets.selectors.freezes import freeze_states, open_freezes
from wallets.selectors.rates import series_values
from wallets.staff import Amounts, amount_text

ENTRY_LABELS = {
    "provider_fee": _("fee that a payment provider kept"),
    "provider_payout": _("a payment provider paid out to our bank"),
    "owner_money": _("the operator's own money, to the bank"),
    "reserve_money": _("the operator's own money, to the reserve"),
    "write_off": _("write off what a payment provider does not pay"),
    "payout_settled": _("a payout left our bank"),
    "payout_cost": _("cost of payouts"),
}


class CoinsForm(forms.Form):
    coins = forms.IntegerField(label=_("Coins"), min_value=1)


def grant(wallet: Account, *, staff: User, reason: str, key: str, coins: int) -> None:
    grant_to_wallet(wallet, coins=coins, staff=staff, reason=reason, key=key)


class FreezeForm(forms.Form):
    """What is taken away."""

    what = forms.ChoiceField(
        label=_("What is stopped"),
        choices=[
            ("both", _("spending and receiving")),
            ("spending", _("spending and withdrawing")),
            ("receiving", _("receiving")),
        ],
    )


class CashForm(AmountForm):
    entry = forms.ChoiceField(
        label=_("What happened"), choices=[(name, ENTRY_LABELS[name]) for name in BY_HAND]
    )
    ref = forms.ChoiceField(
        label=_("Provider or rail"),
        required=False,
        choices=lambda: sorted({(ref, ref or "-") for name in BY_HAND for ref in refs_of(name)}),
    )
    field_order = ["entry", "ref", "amount", "currency"]


def freeze(account: Account, *, staff: User, reason: str, key: str, what: str) -> None:
    freeze_owner(
        account,
        can_debit=what == "receiving",
        can_credit=what == "spending",
        staff=staff,
        reason=reason,
        key=key,
    )


def unfreeze(account: Account, *, staff: User, reason: str, key: str) -> None:
    freeze_owner(account, can_debit=True, can_credit=True, staff=staff, reason=reason, key=key)


def enter(
    target: None, *, staff: User, reason: str, key: str, entry: str, ref: str, money: Money
) -> None:
    enter_cash(entry=entry, money=money, ref=ref, staff=staff, reason=reason, key=key)


def large_or_lost(target: None, fields: Mapping[str, Any]) -> bool:
    """Every write-off, what is in another currency, and what is above the limit."""
    money: Money = fields["money"]
    return (
        fields["entry"] == "write_off"
        or money.currency != settings.BASE_CURRENCY
        or money.minor > settings.STAFF_CASH_TWO_PEOPLE_MINOR
    )


def release(transfer: Transfer, *, staff: User, reason: str, key: str) -> None:
    end_hold(transfer, taken=False, staff=staff, reason=reason, key=key)


def take(transfer: Transfer, *, staff: User, reason: str, key: str) -> None:
    end_hold(transfer, taken=True, staff=staff, reason=reason, key=key)


def of_owners(transfer: Transfer) -> tuple[int | None, ...]:
    ids = (transfer.debit_account_id, transfer.credit_account_id)
    return tuple(Account.objects.filter(pk__in=ids).values_list("owner_id", flat=True))


def hold_of(transfer: Transfer) -> dict[str, Any]:
    return {"hold": freeze_states(transfer)}


def take_back(lot: Lot, *, staff: User, reason: str, key: str) -> None:
    take_back_granted(lot, staff=staff, reason=reason, key=key)


@admin.register(Account)
class AccountAdmin(ReasonedActions, Amounts, admin.ModelAdmin):
    in_asset = (
        "floor",
        "debits_posted",
        "credits_posted",
        "debits_pending",
        "credits_pending",
    )
    list_display = ["id", "owner", "kind", "asset", "ref"]
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
        ),
        StaffAction(
            name="freeze",
            label=_("Freeze the person's accounts"),
            permission="wallets.freeze_account",
            perform=freeze,
            whose=lambda account: account.owner_id,
            form=FreezeForm,
            hint=_("All accounts of the person. What is under way ends as it would."),
        ),
        StaffAction(
            name="unfreeze",
            label=_("Let the person's accounts go on"),
            permission="wallets.freeze_account",
            perform=unfreeze,
            whose=lambda account: account.owner_id,
        ),
        StaffAction(
            name="enter_cash",
            label=_("Enter money that moved"),
            permission="wallets.enter_cash",
            perform=enter,
            whose=lambda target: None,
            form=CashForm,
            needs_second=large_or_lost,
            takes_row=False,
            hint=_("Money between us, our bank and the providers. Write-offs need two people."),
        ),
    ]

    def asset_of(self, account: Account) -> str:
        return account.asset

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Balance and pending in the account's own unit; diamonds' values are asked for once."""
        values = cache(series_values)

        @admin.display(description=_("balance"))
        def posted(account: Account) -> str:
            if account.kind in Account.DERIVED:
                return str(_("derived"))
            return amount_text(account.balance, account.asset, values)

        @admin.display(description=_("pending"))
        def pending(account: Account) -> str:
            parts = {"-": account.debits_pending, "+": account.credits_pending}
            shown = [
                f"{sign} {amount_text(units, account.asset, values)}"
                for sign, units in parts.items()
                if units
            ]
            return ", ".join(shown) or str(self.get_empty_value_display())

        return [*super().get_list_display(request), posted, pending, "frozen"]

    @admin.display(description=_("frozen"), boolean=True)
    def frozen(self, account: Account) -> bool:
        return not (account.can_debit and account.can_credit)


class OpenFreezeFilter(admin.SimpleListFilter):
    title = _("hold of diamonds")
    parameter_name = "hold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("still held"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(pk__in=open_freezes().values("pk"))
        return queryset


@admin.register(Transfer)
class TransferAdmin(ReasonedActions, Amounts, admin.ModelAdmin):
    in_asset = ("amount",)
    list_display = ["created", "code", "amount", "debit", "credit", "operation_id", "clears_at"]
    list_filter = [OpenFreezeFilter, "code", "day"]
    search_fields = ["=id", "=operation_id", "=debit_account_id", "=credit_account_id"]
    ordering = ["-id"]
    show_full_result_count = False
    waiting = [
        Waiting(label=_("Diamonds that are held"), rows=open_freezes, query={"hold": "open"})
    ]
    staff_actions = [
        StaffAction(
            name="release_hold",
            label=_("End the hold: give the diamonds back"),
            permission="wallets.end_freeze",
            perform=release,
            whose=of_owners,
            snapshot=hold_of,
        ),
        StaffAction(
            name="take_hold",
            label=_("End the hold: take the diamonds"),
            permission="wallets.end_freeze",
            perform=take,
            whose=of_owners,
            snapshot=hold_of,
            needs_second=lambda transfer, fields: True,
            hint=_("Two people decide. The coins stay spent."),
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        def named(column: str) -> Subquery:
            account = Account.objects.filter(pk=OuterRef(column))
            parts = (F("kind"), Value(" "), F("asset"), Value(" "), F("ref"))
            return Subquery(account.values(name=Concat(*parts))[:1])

        transfers = super().get_queryset(request)
        return transfers.annotate(
            debit_name=named("debit_account_id"),
            credit_name=named("credit_account_id"),
            asset=Subquery(
                Account.objects.filter(pk=OuterRef("debit_account_id")).values("asset")[:1]
            ),
        )

    def asset_of(self, transfer: Any) -> str:
        return str(transfer.asset)

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
class HoldAdmin(Amounts, admin.ModelAdmin):
    in_asset = ("amount",)
    list_display = ["created", "code", "amount", "state", "debit_account", "credit_account"]
    list_filter = ["state", "code", "created"]
    search_fields = ["=id", "=operation_id", "=debit_account__owner__handle"]
    list_select_related = ["debit_account", "credit_account"]
    ordering = ["-id"]
    show_full_result_count = False

    def asset_of(self, hold: Hold) -> str:
        return hold.debit_account.asset


@admin.register(Lot)
class LotAdmin(ReasonedActions, Amounts, admin.ModelAdmin):
    in_coins = ("coins", "remaining", "refunded_coins", "disputed_coins")
    in_money = (
        "price",
        "tax",
        "fee",
        "reserved",
        "refunded_money",
        "refunded_tax",
        "refunded_reserve",
        "disputed_money",
        "disputed_tax",
    )
    list_display = ["id", "owner", "method", "coins", "remaining", "price", "created"]
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
class ClosedDayAdmin(Amounts, admin.ModelAdmin):
    in_asset = ("debits_posted", "credits_posted")
    list_display = ["day", "account", "debits_posted", "credits_posted"]
    list_filter = ["day"]
    search_fields = ["=account__id", "account__kind"]
    list_select_related = ["account"]
    ordering = ["-day", "account"]

    def asset_of(self, closed: ClosedDay) -> str:
        return closed.account.asset


@admin.register(CheckRun)
class CheckRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["started", "finished", "transfers", "found"]
    list_filter = ["started"]
    search_fields = ["differences"]

    @admin.display(description=_("differences"))
    def found(self, run: CheckRun) -> int:
        return len(run.differences)
