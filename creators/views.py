"""The doors of the creator side: joining, going live, the dashboard."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creators.actions import applying
from creators.actions import streams as stream_actions
from creators.charts import earnings_chart
from creators.csv_export import earnings_csv
from creators.errors import AlreadyLive, StreamEnded
from creators.forms import JoinForm, StreamForm
from creators.models import Creator, Stream
from creators.selectors import dashboard as earned
from creators.selectors.people import creator_of
from users import selectors as people
from users.errors import Refusal
from users.models import User
from wallets.selectors.prices import rate_card

RANGES = {"1": 1, "7": 7, "30": 30}
STREAMS_ON_PAGE = 20


def creator_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view gets the creator; who is none yet is shown how to become one."""

    @login_required
    @wraps(view)
    def only_creators(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        creator = creator_of(signed_in(request).pk)
        if creator is None:
            return redirect("become_creator")
        return view(request, creator, *args, **kwargs)

    return only_creators


def signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def turning(page: Page) -> dict[str, str]:
    """The addresses of the newer and the older page, for _pagination.html."""
    return {
        "newer_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if creator_of(user.pk) is not None:
        return redirect("dashboard")
    card = rate_card()
    initial = {"rate_card": card.pk, "rules_version": settings.CREATOR_RULES_VERSION}
    form = JoinForm(request.POST or None, initial=initial)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            creator = applying.become_creator(
                user=user,
                rate_card_id=form.cleaned_data["rate_card"],
                rules_version=form.cleaned_data["rules_version"],
            )
        except Refusal as refused:
            refusal = refused
            form = JoinForm(initial=initial)
        else:
            if creator.state == Creator.State.APPROVED:
                messages.success(request, _("Welcome! You can go live now."))
            return redirect("dashboard")
    age = people.money_age(user)
    context = {
        "form": form,
        "card": card,
        "diamonds_of_hundred": 100 * card.diamonds_per_coin,
        "refusal": refusal,
        "age": age,
        "age_money": settings.AGE_MONEY,
        "email_confirmed": applying.email_confirmed(user),
        "clearing_days": max(settings.CLEARING_DAYS.values()),
        "by_staff": settings.CREATOR_APPROVAL == "staff",
    }
    return render(request, "creators/join.html", context, status=refusal.status if refusal else 200)


@creator_required
@require_GET
def dashboard(request: HttpRequest, creator: Creator) -> HttpResponse:
    days = RANGES.get(request.GET.get("range", ""), 7)
    span = earned.Span.of_days(days)
    streams = earned.streams_of(creator.pk)
    context = {
        "creator": creator,
        "days": days,
        "ranges": ((1, _("Today")), (7, _("7 days")), (30, _("30 days"))),
        "today": earned.earned(creator.pk, earned.Span.of_days(1)),
        "total": earned.earned(creator.pk, span),
        "chart": earnings_chart(creator.pk, span),
        "csv_url": f"{reverse('earnings_csv')}?range={days}",
        "balances": earned.balances(creator.pk),
        "clearing": earned.clearing_dates(creator.pk)[:5],
        "supporters": earned.top_supporters(creator.pk, span.since, span.until),
        "gifts": earned.earned_by_gift(creator.pk, span),
        "live": streams.filter(state=Stream.State.LIVE).first(),
        "streams": earned.summarise(streams[:5]),
        "stream_form": StreamForm(),
    }
    return render(request, "creators/dashboard.html", context)


@creator_required
@require_GET
def earnings_table(request: HttpRequest, creator: Creator) -> StreamingHttpResponse:
    days = RANGES.get(request.GET.get("range", ""), 30)
    rows = earned.earnings(creator.pk, earned.Span.of_days(days))
    return StreamingHttpResponse(
        earnings_csv(rows.iterator(chunk_size=500)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="earnings-{days}-days.csv"'},
    )


@creator_required
@require_GET
def streams(request: HttpRequest, creator: Creator) -> HttpResponse:
    page = Paginator(earned.streams_of(creator.pk), STREAMS_ON_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "creator": creator,
        "streams": earned.summarise(page.object_list),
        **turning(page),
    }
    return render(request, "creators/streams.html", context)


@creator_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, creator: Creator) -> HttpResponse:
    form = StreamForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            stream = stream_actions.start_stream(
                user=signed_in(request), title=form.cleaned_data["title"]
            )
        except AlreadyLive:
            live = earned.streams_of(creator.pk).filter(state=Stream.State.LIVE).first()
            messages.info(request, _("You are live already."))
            return (
                redirect("stream_summary", live.place.public_id) if live else redirect(request.path)
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("You are live."))
            return redirect("stream_summary", stream.place.public_id)
    status = refusal.status if refusal else 200
    return render(request, "creators/start.html", {"form": form, "refusal": refusal}, status=status)


@creator_required
@require_GET
def stream(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    found = _own_stream(creator, public_id)
    (summary,) = earned.summarise([found])
    until = earned.summary_end(found)
    context = {
        "creator": creator,
        "summary": summary,
        "stream": found,
        "supporters": earned.top_supporters(
            creator.pk, found.started, until, place_id=found.pk, most=20
        ),
        "gifts": earned.gifts_of_stream(found),
    }
    return render(request, "creators/stream.html", context)


@creator_required
@require_POST
def end(request: HttpRequest, creator: Creator, public_id: UUID) -> HttpResponse:
    found = _own_stream(creator, public_id)
    try:
        stream_actions.end_stream(place_id=found.pk)
    except StreamEnded:
        messages.info(request, _("The stream had ended before."))
    else:
        messages.success(request, _("The stream has ended. Thank you for it!"))
    return redirect("stream_summary", public_id)


def _own_stream(creator: Creator, public_id: UUID) -> Stream:
    stream = earned.streams_of(creator.pk).filter(place__public_id=public_id).first()
    if stream is None:
        raise Http404
    return stream
