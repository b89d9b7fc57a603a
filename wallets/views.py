"""The doors of the wallet page and of the prices."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wallets.forms import CountryForm
from wallets.models import RateCard
from wallets.money import format_money, price_of_coins
from wallets.selectors.balances import coins_of
from wallets.selectors.movements import movements_of
from wallets.selectors.prices import stopped_message
from wallets.selectors.rates import (
    changes_between,
    creators_share,
    rate_cards,
    tax_rates_in_force,
)
from wallets.selectors.recharges import recharges_of


@login_required
@never_cache
@require_GET
def wallet(request: HttpRequest) -> HttpResponse:
    """The balance, the latest movements and orders."""
    user_id = request.user.pk
    assert user_id is not None
    page = movements_of(user_id, before=_cursor(request))
    older = f"{reverse('wallet')}?before={page.older}" if page.older else ""
    context = {
        "coins": coins_of(user_id),
        "lines": page.lines,
        "older_url": older,
        "newer_url": reverse("wallet") if "before" in request.GET else "",
        "orders": recharges_of(user_id),
        "stopped": stopped_message("recharges"),
        "coin_price_millionths": settings.COIN_PRICE_MILLIONTHS,
    }
    return render(request, "wallets/wallet.html", context)


@never_cache
@require_GET
def balance(request: HttpRequest) -> JsonResponse:
    """The coins of whoever is signed in, with their value, for pages that stay open."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "signed_out"}, status=401)
    coins = coins_of(request.user.pk)
    value = format_money(price_of_coins(coins), get_language() or "en")
    return JsonResponse({"coins": coins, "money": value})


@require_GET
def rates(request: HttpRequest) -> HttpResponse:
    """What coins cost and creators get: now, to come, before, and what changed."""
    cards, now = rate_cards(), timezone.now()
    in_force = next(card for card in cards if card.starts <= now)
    taxes = tax_rates_in_force()
    country = _country(request)
    compared = _compared(request, cards)
    context = {
        "card": in_force,
        "share": creators_share(in_force, tax_basis_points=taxes.get(country, 0)),
        "tax": taxes.get(country, 0),
        "country": country,
        "country_form": CountryForm(initial={"country": country}),
        "to_come": [card for card in reversed(cards) if card.starts > now],
        "cards": _with_changes(cards),
        "first": cards[-1],
        "all_cards": cards,
        "compared": compared,
        "changes": changes_between(*compared) if compared else None,
        "by_country": [
            (code, rate, creators_share(in_force, tax_basis_points=rate))
            for code, rate in taxes.items()
        ],
        "coin_price_millionths": settings.COIN_PRICE_MILLIONTHS,
        "notice_days": settings.RATE_NOTICE_DAYS,
    }
    return render(request, "wallets/rates.html", context)


def _with_changes(cards: list[RateCard]) -> list[tuple[RateCard, Any]]:
    """Each card, newest first, with what differs from the one before it."""
    rows: list[tuple[RateCard, Any]] = [
        (new, changes_between(old, new)) for new, old in pairwise(cards)
    ]
    return [*rows, (cards[-1], None)]


def _compared(request: HttpRequest, cards: list[RateCard]) -> tuple[RateCard, RateCard] | None:
    by_id = {str(card.pk): card for card in cards}
    old, new = by_id.get(request.GET.get("from", "")), by_id.get(request.GET.get("to", ""))
    return (old, new) if old and new else None


def _country(request: HttpRequest) -> str:
    said = request.GET.get("country", "")
    if CountryForm({"country": said}).is_valid():
        return said
    return getattr(request.user, "country", "") or settings.DEFAULT_COUNTRY


def _cursor(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
