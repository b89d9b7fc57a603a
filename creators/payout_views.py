"""The doors of payouts: where to pay, asking for money, following it."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid_utils.compat import uuid7

from creators.actions.payout_methods import set_payout_method
from creators.actions.withdrawals import cancel_withdrawal, request_withdrawal
from creators.errors import StateChanged
from creators.forms import AmountForm, PayoutMethodForm, WithdrawForm
from creators.models import Creator, Withdrawal
from creators.selectors.payouts import (
    payout_method,
    payout_method_to_come,
    withdrawal_of,
    withdrawal_quote,
    withdrawals_of,
)
from creators.timelines import timeline_of
from creators.views import creator_required, turning
from users.errors import Refusal
from wallets.money import Money

ON_PAGE = 20


@creator_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def method(request: HttpRequest, creator: Creator) -> HttpResponse:
    form = PayoutMethodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_payout_method(creator_id=creator.pk, **form.cleaned_data)
        messages.success(request, _("Your payout details are saved. We have sent you a mail."))
        return redirect("payout_method")
    context = {
        "form": form,
        "method": payout_method(creator.pk),
        "to_come": payout_method_to_come(creator.pk),
        "delay_hours": settings.PAYOUT_DETAILS_DELAY_HOURS,
    }
    return render(request, "creators/payout_method.html", context)


@creator_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, creator: Creator) -> HttpResponse:
    if request.method == "GET":
        return _withdraw_page(request, creator, asked=request.GET.get("diamonds"))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _withdraw_page(request, creator, asked=request.POST.get("diamonds"), status=422)
    try:
        outcome = request_withdrawal(creator_id=creator.pk, **form.cleaned_data)
    except Refusal as refusal:
        return _withdraw_page(
            request,
            creator,
            asked=str(form.cleaned_data["diamonds"]),
            refusal=refusal,
            status=refusal.status,
        )
    return redirect("withdrawal", outcome.details["withdrawal"])


def _withdraw_page(
    request: HttpRequest,
    creator: Creator,
    *,
    asked: str | None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The amount and, where it can be had, what would be paid for it."""
    quote = withdrawal_quote(creator.pk)
    form = AmountForm({"diamonds": asked} if asked else {"diamonds": quote.most_diamonds or ""})
    plan = None
    if form.is_valid():
        try:
            plan = quote.plan(form.cleaned_data["diamonds"])
        except Refusal as short:
            refusal = refusal or short
    minimum = settings.WITHDRAWAL_MINIMUM_MINOR
    context: dict[str, Any] = {
        "creator": creator,
        "quote": quote,
        "available": Money(quote.available_minor, settings.BASE_CURRENCY),
        "form": form if asked else AmountForm(initial={"diamonds": quote.most_diamonds or None}),
        "plan": plan if plan and minimum <= plan.base_minor <= quote.left_today_minor else None,
        "plan_worth": Money(plan.base_minor, plan.currency) if plan else None,
        "too_small": plan is not None and plan.base_minor < minimum,
        "too_much": plan is not None and plan.base_minor > quote.left_today_minor,
        "refusal": refusal,
        "key": str(uuid7()),
        "currency": settings.BASE_CURRENCY,
        "minimum_minor": minimum,
        "maximum_minor": settings.WITHDRAWAL_MAXIMUM_DAY_MINOR,
        "review_minor": settings.WITHDRAWAL_REVIEW_MINOR,
    }
    return render(request, "creators/withdraw.html", context, status=status)


@creator_required
@require_GET
def withdrawals(request: HttpRequest, creator: Creator) -> HttpResponse:
    page = Paginator(withdrawals_of(creator.pk), ON_PAGE).get_page(request.GET.get("page"))
    context = {"creator": creator, "page": page, **turning(page)}
    return render(request, "creators/withdrawals.html", context)


@creator_required
@require_GET
def withdrawal(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    return render(request, "creators/withdrawal.html", _withdrawal_context(creator, public_id))


@creator_required
@require_GET
def timeline(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    """The part of the page that an open page asks for again until nothing more happens."""
    return render(request, "creators/_timeline.html", _withdrawal_context(creator, public_id))


@creator_required
@require_POST
def cancel(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    try:
        cancel_withdrawal(creator_id=creator.pk, public_id=public_id)
    except Withdrawal.DoesNotExist as missing:
        raise Http404 from missing
    except StateChanged as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The withdrawal is taken back; the diamonds are yours again."))
    return redirect("withdrawal", public_id)


def _withdrawal_context(creator: Creator, public_id: UUID) -> dict[str, Any]:
    try:
        found = withdrawal_of(creator.pk, public_id)
    except Withdrawal.DoesNotExist as missing:
        raise Http404 from missing
    return {
        "creator": creator,
        "withdrawal": found,
        "worth": Money(found.base_minor, found.currency),
        "steps": timeline_of(found),
    }
