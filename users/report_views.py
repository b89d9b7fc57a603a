"""The doors of reports: the form, as a page or in a room's dialog, and one's own reports."""

import logging
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from kombu.exceptions import OperationalError as BrokerAway

from users import reporting, selectors, tasks
from users.actions import reports
from users.errors import NotThere, Refusal, Yourself
from users.models import Report, User
from users.report_forms import ReportForm

log = logging.getLogger(__name__)

REPORTS_ON_PAGE = 20


@require_http_methods(["GET", "POST"])
@never_cache
def report(request: HttpRequest, kind: str, ref: UUID) -> HttpResponse:
    """Report something. With the header `X-Part` it is the form alone, for a dialog."""
    found = reporting.kind_of(kind)
    if found is None:
        raise Http404
    if not isinstance(request.user, User):
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_signup')}?{query}")
    at = _place(request)
    form = ReportForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "kind": found}
    try:
        if request.method == "POST" and form.is_valid():
            made = reports.report(
                reporter=request.user, kind=kind, ref=ref, at=at, **form.cleaned_data
            )
            return _thank(request, made)
        context["seen"] = _shown(request.user, kind, ref, at)
        context["before"] = selectors.report_of(request.user, kind, ref)
    except Refusal as refused:
        context["refusal"] = refused
    return _show(request, context)


@login_required
@require_GET
def own_reports(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    rows = selectors.reports_by(request.user)
    page = Paginator(rows, REPORTS_ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "reports": [(row, reporting.kind_of(row.kind)) for row in page.object_list],
        "newer_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "users/reports.html", context)


def _place(request: HttpRequest) -> UUID | None:
    """Where it was seen, when the address says so."""
    try:
        return UUID(request.GET.get("at", ""))
    except ValueError:
        return None


def _shown(reader: User, kind: str, ref: UUID, at: UUID | None) -> reporting.Seen:
    """What the reader sees of it. Raises NotThere or Yourself."""
    seen = reporting.see(kind, ref, at=at)
    if seen is None:
        raise NotThere()
    if seen.about.pk == reader.pk:
        raise Yourself()
    return seen


def _thank(request: HttpRequest, made: Report) -> HttpResponse:
    if made.urgent:
        try:
            tasks.send_report_mails.delay()
        except BrokerAway as away:
            log.warning("staff are mailed by the sweep: %s", away)
    if "X-Part" in request.headers:
        return _show(request, {"made": made})
    messages.success(request, _("Thank you. We look at it."))
    return HttpResponseRedirect(reverse("own_reports"))


def _show(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    refusal: Refusal | None = context.get("refusal")
    is_part = "X-Part" in request.headers
    name = "users/_report.html" if is_part else "users/report.html"
    context["is_part"] = is_part
    answer = render(request, name, context, status=refusal.status if refusal else 200)
    answer["X-Part"] = "card"
    return answer
