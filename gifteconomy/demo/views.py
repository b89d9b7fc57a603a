"""The doors of the demo. Outside of it none of them exists."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gifteconomy.demo import mailbox, roles, visits
from gifteconomy.demo.bar import bar_context
from gifteconomy.demo.models import Mail, Visit
from gifteconomy.demo.roles import Role
from users.models import User

ROOM = re.compile(r"^/live/([0-9a-f-]{36})/")
MAILS_ON_PAGE = 30
View = Callable[..., HttpResponseBase]


def in_demo_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@in_demo_only
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A printed link: whoever opens it is somebody. A viewer is a new one each time."""
    role, guest = roles.said_by_link(token)
    if guest is not None:
        roles.sign_in_as(request, guest)
        return redirect(roles.home_of(Role.VIEWER))
    if role is None:
        raise Http404
    visit = visits.visit_of(request) or visits.begin_visit()
    user = roles.make_newcomer() if role == Role.VIEWER else _somebody(role, visit, None)
    return _enter(request, visit, user, roles.home_of(role))


@in_demo_only
@require_POST
def be(request: HttpRequest) -> HttpResponse:
    """Be somebody else, on the page `next`; the room stays the room."""
    wished, next_url = request.POST.get("role", ""), request.POST.get("next", "")
    if wished not in list(Role):
        raise Http404
    role = Role(wished)
    if not url_has_allowed_host_and_scheme(next_url, allowed_hosts=None):
        next_url = roles.home_of(role)
    visit = visits.visit_of(request) or visits.begin_visit()
    return _enter(request, visit, _somebody(role, visit, next_url), next_url)


def _somebody(role: Role, visit: Visit, next_url: str | None) -> User:
    room = ROOM.match(next_url or "")
    try:
        return roles.somebody(role, visit=visit, room=UUID(room[1]) if room else None)
    except User.DoesNotExist as error:
        raise Http404 from error


def _enter(request: HttpRequest, visit: Visit, user: User, next_url: str) -> HttpResponse:
    roles.sign_in_as(request, user)
    roles.join_visit(visit, user)
    response = redirect(next_url)
    visits.remember_visit(response, visit)
    return response


# Without a token: another window that switches the person changes it while this one asks. Nothing
# but the ticks of the demo depends on it, and other sites cannot send the session's cookie.
@csrf_exempt
@in_demo_only
@require_POST
def steps(request: HttpRequest) -> HttpResponse:
    """An open page says where it is and which gift it shows; the answer is the bar as it is now.

    Nothing (204) when the page has that bar already.
    """
    visit = visits.visit_of(request) or visits.begin_visit()
    user = request.user
    at = request.POST.get("at", "")
    if isinstance(user, User):
        roles.join_visit(visit, user)
        if at == reverse("dashboard") and hasattr(user, "creator"):
            roles.looked_as_creator(visit, user)
    if seen := request.POST.get("seen", ""):
        _show_seen(visit, seen)
    visit.refresh_from_db()
    context = bar_context(visit=visit, user=user, at=at)
    if context["version"] == request.POST.get("had"):
        response = HttpResponse(status=204)
    else:
        response = render(request, "demo/_bar.html", context)
    visits.remember_visit(response, visit)
    return response


def _show_seen(visit: Visit, gift: str) -> None:
    """What a browser claims counts only for a gift of the visit; `steps.py` asks the rows."""
    try:
        roles.saw_gift(visit, UUID(gift))
    except ValueError as error:
        raise Http404 from error


# The decorator's types know no view with arguments.
own_policy: Any = csp(
    {
        "default-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)


# --- mails ----------------------------------------------------------------------------------------
@in_demo_only
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Newest first: those to the people of this visit, or all."""
    visit = visits.visit_of(request)
    rows = Mail.objects.all()
    mine = visit is not None and "all" not in request.GET
    if visit is not None and mine:
        rows = rows.filter(to__in=visit.people.values("email"))
    page = Paginator(rows, MAILS_ON_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "mine": mine, "visit": visit}
    return render(request, "demo/mails.html", context)


@in_demo_only
@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    found = get_object_or_404(Mail, pk=mail_id)
    context = {"mail": found, "text": mailbox.text_of(found), "has_html": mailbox.html_of(found)}
    return render(request, "demo/mail.html", context)


@in_demo_only
@own_policy
@require_safe
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML of a mail, as a page of its own that may do nothing but look."""
    html = mailbox.html_of(get_object_or_404(Mail, pk=mail_id))
    return HttpResponse(html, headers={"X-Frame-Options": "SAMEORIGIN"})
