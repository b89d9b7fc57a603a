"""The doors through which coins are bought: the order, the way back from paying, the receipt."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid_utils.compat import uuid7

from users.errors import Refusal
from users.models import User
from users.refusals import button_of
from wallets.actions.crediting import credit_recharge
from wallets.actions.recharges import (
    open_payment,
    over_own_limit,
    own_path,
    require_may_recharge,
    start_recharge,
    way_back,
)
from wallets.forms import CountryForm, RechargeForm
from wallets.models import Recharge
from wallets.money import format_money
from wallets.providers import methods_offered
from wallets.selectors.own_limits import LimitState, money_limits_reached
from wallets.selectors.prices import packs_on_sale
from wallets.selectors.recharges import (
    MoneyLeft,
    Quote,
    country_of_last_recharge,
    most_today,
    own_money_left,
    quote,
    receipt_of,
    recharge_of,
    smallest_of,
)
from wallets.tasks import hint, send_receipt
from wallets.templatetags.money import coins_text

State = Recharge.State
LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: the coins that are missing, and the way back."""

    need: int | None
    next: str
    gift: str
    country: str
    method: str

    @classmethod
    def of(cls, request: HttpRequest, user: User) -> "Wanted":
        said = request.GET
        need = said.get("need", "")
        known = need.isascii() and need.isdigit() and len(need) <= LONGEST_NUMBER
        return cls(
            need=int(need) or None if known else None,
            next=own_path(said.get("next", "")),
            gift=said.get("gift", "")[:64],
            country=_country(said.get("country", ""), user),
            method=_method(said.get("method", "")),
        )

    def query(self, **changed: Any) -> str:
        asked = {"need": self.need, "next": self.next, "gift": self.gift} | changed
        return urlencode({name: value for name, value in asked.items() if value})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def recharge(request: HttpRequest) -> HttpResponse:
    """Choose coins, see what they cost, and go on to pay."""
    user = _user(request)
    wanted = Wanted.of(request, user)
    if request.method != "POST":
        return _recharge_page(request, user, wanted)
    form = RechargeForm(request.POST)
    if not form.is_valid():
        return _recharge_page(request, user, wanted, form=form, status=422)
    asked = form.cleaned_data
    try:
        started = start_recharge(
            buyer=user,
            coins=asked["coins"],
            country=asked["country"],
            method=asked["method"],
            key=asked["key"],
            consent=asked["consent"],
            return_to=asked["next"],
            gift=asked["gift"],
        )
    except Refusal as refusal:
        return _recharge_page(
            request, user, wanted, form=form, refusal=refusal, status=refusal.status
        )
    for limit, reached in money_limits_reached(started.recharge):
        messages.info(request, _of_limit(limit, reached))
    return redirect(started.url or _page_of(started.recharge))


def _of_limit(limit: LimitState, reached: str) -> str:
    used, most = (
        format_money(money, get_language() or "en")
        for money in (limit.shown_used, limit.shown_most)
    )
    if reached == "whole":
        return _("Your own limit on recharging is reached: %(most)s %(period)s.") % {
            "most": most,
            "period": limit.label,
        }
    return _("Half of your own limit on recharging is used: %(used)s of %(most)s %(period)s.") % {
        "used": used,
        "most": most,
        "period": limit.label,
    }


def _recharge_page(
    request: HttpRequest,
    user: User,
    wanted: Wanted,
    *,
    form: RechargeForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    smallest = smallest_of(wanted.method)
    most = min(settings.RECHARGE_MAX_COINS_ORDER, most_today(user.pk))
    own = own_money_left(user.pk)
    if own is not None:
        most = min(most, own.coins)
    if refusal is None:
        refusal = _refused_beforehand(user, own, smallest)
    exact = _exact(wanted, smallest=smallest, most=most)
    packs = [
        quote(coins=pack.coins, country=wanted.country)
        for pack in packs_on_sale()
        if smallest <= pack.coins <= most
    ]
    said = form.data if form else {}
    context = {
        "wanted": wanted,
        "query": wanted.query(),
        "form": form,
        "refusal": refusal,
        "next_step": _next_step(refusal, wanted, smallest) if refusal else None,
        "country_form": CountryForm(initial={"country": wanted.country}),
        "method_label": methods_offered()[wanted.method].method_label(),
        "methods": {name: each.method_label() for name, each in methods_offered().items()},
        "exact": exact,
        "is_smallest": exact is not None and exact.coins != wanted.need,
        "packs": packs,
        "rate": quote(coins=1, country=wanted.country).tax_basis_points,
        "smallest": smallest,
        "most": most,
        "coin_price_millionths": settings.COIN_PRICE_MILLIONTHS,
        "chosen": said.get("choice") or _first_choice(exact, packs),
        "other": said.get("other", ""),
        "key": _key(form, refusal),
        "terms_version": settings.TERMS_VERSION,
    }
    return render(request, "wallets/recharge.html", context, status=status)


def _exact(wanted: Wanted, *, smallest: int, most: int) -> Quote | None:
    """What is missing, or the smallest purchase; None when nothing is missing or it is too much."""
    if wanted.need is None or max(wanted.need, smallest) > most:
        return None
    return quote(coins=max(wanted.need, smallest), country=wanted.country)


def _first_choice(exact: Quote | None, packs: list[Quote]) -> str:
    if exact:
        return str(exact.coins)
    return str(packs[0].coins) if packs else "other"


def _key(form: RechargeForm | None, refusal: Refusal | None) -> str:
    """A new order has a new key; one whose answer was lost keeps its own."""
    if form is not None and (refusal is None or refusal.code == "provider_silent"):
        return form.data.get("key") or str(uuid7())
    return str(uuid7())


def _refused_beforehand(user: User, own: MoneyLeft | None, smallest: int) -> Refusal | None:
    """Why nothing can be ordered now, whatever is chosen."""
    try:
        require_may_recharge(user)
    except Refusal as refusal:
        return refusal
    return over_own_limit(own) if own is not None and own.coins < smallest else None


def _next_step(refusal: Refusal, wanted: Wanted, smallest: int) -> tuple[str, str] | None:
    """What the buyer can do about a refusal: a label and an address."""
    page = reverse("recharge")
    left = refusal.details.get("left", 0)
    if refusal.code in ("limit", "own_money_limit") and left >= smallest:
        return _("Buy what is left of the limit"), f"{page}?{wanted.query(need=left)}"
    if refusal.code == "amount":
        return _("Buy the smallest number"), f"{page}?{wanted.query(need=smallest)}"
    if refusal.code in ("stopped", "frozen", "limit", "own_money_limit"):
        return _("Back"), wanted.next or reverse("wallet")
    button = button_of(refusal)
    return (str(button.label), button.url) if button else None


@login_required
@never_cache
@require_GET
def recharge_return(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Back from paying: see what the provider says, and go on to where the buyer was."""
    order = _own_order(request, public_id)
    try:
        order = credit_recharge(order.pk, by="return")
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    if order.state != State.CREDITED:
        return redirect(_page_of(order))
    hint(send_receipt, order.pk)
    receipt = receipt_of(order)
    assert receipt is not None
    messages.success(
        request,
        ngettext("%(coins)s is in your wallet.", "%(coins)s are in your wallet.", receipt.coins)
        % {"coins": coins_text(receipt.coins)},
    )
    return redirect(way_back(order) or reverse("receipt", args=[order.public_id]))


@login_required
@never_cache
@require_GET
def recharge_state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How an order stands. A waiting page asks again and leaves as soon as something changed."""
    order = _own_order(request, public_id)
    waits = order.is_open or order.state == State.PAID
    if request.headers.get("HX-Request"):
        if waits:
            return HttpResponse(status=204)
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = reverse("recharge_return", args=[order.public_id])
        return answer
    again = urlencode(
        {
            name: value
            for name, value in {
                "need": order.coins,
                "next": order.return_to,
                "gift": order.gift,
            }.items()
            if value
        }
    )
    context = {
        "order": order,
        "waits": waits,
        "way_back": way_back(order),
        "again": f"{reverse('recharge')}?{again}",
    }
    return render(request, "wallets/recharge_state.html", context)


@login_required
@require_POST
def recharge_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on with a payment that is still open."""
    order = _own_order(request, public_id)
    return redirect(open_payment(order) if order.is_open else _page_of(order))


@login_required
@require_GET
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = _own_order(request, public_id)
    found = receipt_of(order)
    if found is None:
        return redirect(_page_of(order))
    return render(request, "wallets/receipt.html", {"receipt": found, "way_back": way_back(order)})


def _page_of(order: Recharge) -> str:
    return reverse("recharge_state", args=[order.public_id])


def _own_order(request: HttpRequest, public_id: UUID) -> Recharge:
    order = recharge_of(_user(request).pk, public_id)
    if order is None:
        raise Http404
    return order


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _country(said: str, user: User) -> str:
    if CountryForm({"country": said}).is_valid():
        return said
    return country_of_last_recharge(user.pk) or user.country or settings.DEFAULT_COUNTRY


def _method(said: str) -> str:
    return said if said in methods_offered() else next(iter(methods_offered()))
