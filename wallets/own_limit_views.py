"""A person's page about what they allow themselves: limits, quiet hours, a break."""

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from users.actions import own_limits, pauses
from users.actions.own_limits import SecondYes
from users.errors import Refusal
from users.models import OwnLimit, User
from users.selectors import own_pause
from wallets.forms import BreakForm, OwnLimitForm, QuietHoursForm
from wallets.money import digits_of
from wallets.selectors.own_limits import own_limits_of


@login_required
@require_GET
@never_cache
def limits(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def set_limit(request: HttpRequest) -> HttpResponse:
    """Set a limit; an empty one asks for none."""
    form = OwnLimitForm(request.POST)
    if not form.is_valid():
        return _page(request, error=_("Please write a whole, positive amount."))
    asset, period = form.cleaned_data["asset"], form.cleaned_data["period"]
    most = _most(asset, form.cleaned_data["amount"])
    user = _user(request)

    def act() -> str:
        limit = own_limits.set_own_limit(user, asset=asset, period=period, most=most)
        if limit is not None and limit.raise_asked is not None:
            return _("Noted. It needs your second yes in 24 hours; until then nothing changes.")
        return _("Your limit holds from now on.")

    return _do(request, act)


@login_required
@require_POST
def answer_raise(request: HttpRequest) -> HttpResponse:
    """The second yes to a higher limit, or keeping it (`keep`)."""
    form = OwnLimitForm(request.POST)
    form.fields.pop("amount")
    if not form.is_valid():
        return _page(request)
    which = {name: form.cleaned_data[name] for name in ("asset", "period")}
    user = _user(request)

    def act() -> str:
        if "keep" in request.POST:
            own_limits.keep_limit(user, **which)
            return _("Your limit stays as it is.")
        own_limits.confirm_raise(user, **which)
        return _("Your new limit holds from now on.")

    return _do(request, act)


@login_required
@require_POST
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """Set quiet hours, none (`none`), the second yes (`confirm`), or keep what is (`keep`)."""
    user, post = _user(request), request.POST
    form = QuietHoursForm(post)
    since: time | None = None
    until: time | None = None
    if not post.keys() & {"none", "confirm", "keep"}:
        if not form.is_valid():
            return _page(request, quiet_form=form)
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]

    def act() -> str:
        if "keep" in post:
            pauses.keep_quiet_hours(user)
            return _("Your quiet hours stay as they are.")
        if "confirm" in post:
            pauses.confirm_quiet_hours(user)
            return _("Your quiet hours are changed.")
        if pauses.set_quiet_hours(user, since=since, until=until).wish_asked is not None:
            return _("Noted. It needs your second yes in 24 hours; until then nothing changes.")
        return _("Your quiet hours hold from now on.")

    return _do(request, act)


@login_required
@require_POST
def begin_break(request: HttpRequest) -> HttpResponse:
    form = BreakForm(request.POST)
    if not form.is_valid():
        return _page(request, break_form=form)
    user = _user(request)

    def act() -> str:
        pauses.begin_break(user, days=form.cleaned_data["days"])
        return _("Your break has begun. Take care of yourself.")

    return _do(request, act)


def _page(request: HttpRequest, *, error: str = "", **forms: Any) -> HttpResponse:
    user = _user(request)
    own = own_pause(user)
    states = own_limits_of(user.pk)
    context: dict[str, Any] = {
        "coins": [one for one in states if not one.is_money],
        "money": [one for one in states if one.is_money],
        "own": own,
        "on_break": own.break_until is not None and own.break_until > timezone.now(),
        "second_yes": SecondYes(own.wish_asked) if own.wish_asked else None,
        "currency": settings.BASE_CURRENCY,
        "money_step": str(Decimal(1).scaleb(-digits_of(settings.BASE_CURRENCY))),
        "confirm_from_coins": user.confirm_above_coins or settings.CONFIRM_FROM_COINS,
        "time_zone": settings.TIME_ZONE,
        "quiet_form": QuietHoursForm(initial={"since": own.quiet_from, "until": own.quiet_to}),
        "break_form": BreakForm(),
        "error": error,
    } | forms
    return render(
        request, "wallets/own_limits.html", context, status=422 if error or forms else 200
    )


def _do(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except Refusal as refused:
        messages.error(request, refused.sentence)
    return redirect("own_limits")


def _most(asset: str, amount: Decimal | None) -> int | None:
    """Whole coins, or minor units of the site's currency."""
    if amount is None:
        return None
    digits = digits_of(settings.BASE_CURRENCY) if asset == OwnLimit.Asset.MONEY else 0
    return int(amount.scaleb(digits))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
