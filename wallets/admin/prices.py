"""Prices and switches: read as tables, changed by actions with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from users.models import User
from users.staff import ReadOnly, ReasonedActions, StaffAction
from wallets import locks
from wallets.actions import prices
from wallets.countries import country_choices
from wallets.models import CoinPack, RateCard, Switch, TaxRate
from wallets.selectors.rates import losses, margins
from wallets.staff import Amounts


def nobodys(target: Any) -> None:
    """Prices are nobody's own affair."""


class CoinsForm(forms.Form):
    coins = forms.IntegerField(label=_("Coins"), min_value=1)


class RateCardForm(forms.Form):
    starts = forms.DateTimeField(
        label=_("Valid from"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("In the instance's time zone, and not before the notice time has passed."),
    )
    diamonds_per_coin = forms.IntegerField(label=_("Diamonds for a coin"), min_value=1)
    diamond_value_millionths = forms.IntegerField(
        label=_("Value of a diamond in millionths"),
        min_value=1,
        help_text=_("7000 is 0.7 cent where a coin costs 1 cent."),
    )
    note = forms.CharField(label=_("What changed"), max_length=200, required=False)


class TaxRateForm(forms.Form):
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    basis_points = forms.IntegerField(
        label=_("Rate in hundredths of a percent"), min_value=0, max_value=9_999
    )
    starts = forms.DateField(label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}))


class StopForm(forms.Form):
    message = forms.CharField(
        label=_("What people are told"),
        max_length=200,
        help_text=_("Shown wherever this part is used."),
    )


def add_pack(target: None, *, staff: User, reason: str, key: str, coins: int) -> None:
    prices.add_pack(coins=coins)


def sell(pack: CoinPack, *, staff: User, reason: str, key: str) -> None:
    prices.set_pack_on_sale(pack, active=True)


def take_off(pack: CoinPack, *, staff: User, reason: str, key: str) -> None:
    prices.set_pack_on_sale(pack, active=False)


def announce(
    target: None,
    *,
    staff: User,
    reason: str,
    key: str,
    starts: datetime,
    diamonds_per_coin: int,
    diamond_value_millionths: int,
    note: str,
) -> None:
    prices.announce_rate_card(
        starts=starts,
        diamonds_per_coin=diamonds_per_coin,
        diamond_value_millionths=diamond_value_millionths,
        note=note,
    )


def set_tax_rate(
    target: None,
    *,
    staff: User,
    reason: str,
    key: str,
    country: str,
    basis_points: int,
    starts: date,
) -> None:
    prices.set_tax_rate(country=country, basis_points=basis_points, starts=starts)


def stop(switch: Switch, *, staff: User, reason: str, key: str, message: str) -> None:
    prices.throw_switch(switch, stopped=True, message=message, staff=staff)


def start(switch: Switch, *, staff: User, reason: str, key: str) -> None:
    prices.throw_switch(switch, stopped=False, message="", staff=staff)


def opens_the_ledger(switch: Switch, fields: Mapping[str, Any]) -> bool:
    return switch.name == Switch.Name.POSTING and switch.stopped


@admin.register(CoinPack)
class CoinPackAdmin(ReasonedActions, Amounts, admin.ModelAdmin):
    in_coins = ("coins",)
    list_display = ["coins", "active"]
    list_filter = ["active"]
    search_fields = ["=coins"]
    staff_actions = [
        StaffAction(
            name="add",
            label=_("Add a pack"),
            permission="wallets.sell_coinpack",
            perform=add_pack,
            whose=nobodys,
            form=CoinsForm,
            takes_row=False,
        ),
        StaffAction(
            name="sell",
            label=_("Put on sale"),
            permission="wallets.sell_coinpack",
            perform=sell,
            whose=nobodys,
            lock=locks.lock_pack,
        ),
        StaffAction(
            name="take_off",
            label=_("Take off sale"),
            permission="wallets.sell_coinpack",
            perform=take_off,
            whose=nobodys,
            lock=locks.lock_pack,
        ),
    ]


@admin.register(RateCard)
class RateCardAdmin(ReasonedActions, ReadOnly, admin.ModelAdmin):
    list_display = [
        "starts",
        "announced",
        "diamonds_per_coin",
        "diamond_value_millionths",
        "series",
        "note",
    ]
    list_filter = ["series"]
    search_fields = ["note"]
    change_list_template = "admin/wallets/ratecard_change_list.html"
    staff_actions = [
        StaffAction(
            name="announce",
            label=_("Announce a rate card"),
            permission="wallets.announce_ratecard",
            perform=announce,
            whose=nobodys,
            form=RateCardForm,
            takes_row=False,
            hint=_("A card cannot be changed or withdrawn once it is announced."),
        )
    ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.margins_view)
        return [path("margins/", view, name="wallets_margins"), *super().get_urls()]

    def margins_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        method = request.GET.get("method", "")
        if method not in settings.PAYMENT_FEES:
            method = settings.PAYMENT_METHODS[0]
        rows = margins()
        context = {
            **self.admin_site.each_context(request),
            "title": _("What each price leaves"),
            "rows": [row for row in rows if row.method == method],
            "lost": losses(rows),
            "methods": list(settings.PAYMENT_FEES),
            "method": method,
            "offered": method in settings.PAYMENT_METHODS,
        }
        return TemplateResponse(request, "admin/wallets/margins.html", context)


@admin.register(TaxRate)
class TaxRateAdmin(ReasonedActions, ReadOnly, admin.ModelAdmin):
    list_display = ["country", "basis_points", "starts"]
    list_filter = ["starts"]
    search_fields = ["=country"]
    staff_actions = [
        StaffAction(
            name="set",
            label=_("Set a tax rate"),
            permission="wallets.set_taxrate",
            perform=set_tax_rate,
            whose=nobodys,
            form=TaxRateForm,
            takes_row=False,
        )
    ]


@admin.register(Switch)
class SwitchAdmin(ReasonedActions, ReadOnly, admin.ModelAdmin):
    list_display = ["name", "stopped", "message", "changed", "changed_by"]
    list_filter = ["stopped"]
    search_fields = ["name", "message"]
    list_select_related = ["changed_by"]
    staff_actions = [
        StaffAction(
            name="stop",
            label=_("Stop"),
            permission="wallets.throw_switch",
            perform=stop,
            whose=nobodys,
            form=StopForm,
            lock=locks.lock_switch,
        ),
        StaffAction(
            name="start",
            label=_("Let it go on"),
            permission="wallets.throw_switch",
            perform=start,
            whose=nobodys,
            lock=locks.lock_switch,
            needs_second=opens_the_ledger,
            hint=_("The whole ledger is opened again by two people."),
        ),
    ]
