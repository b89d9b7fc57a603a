"""Doors of the site as a whole: colours, the page of last resort, the styleguide."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
)
from django.shortcuts import redirect, render
from django.template import loader
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST
from redis.exceptions import ConnectionError as ValkeyAway

from users import styleguide
from users.themes import remember_theme


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Choose colours without script; the page that was open comes again."""
    came_from = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        came_from = "/"
    response = redirect(came_from)
    remember_theme(response, request.POST.get("theme", ""))
    return response


def show_icon(request: HttpRequest) -> HttpResponse:
    """For browsers on pages that name no icon, such as those of the admin."""
    return redirect(static("img/favicon.svg"))


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without context: what is wrong may be the host, before anybody is known to be signed in."""
    return HttpResponseBadRequest(loader.get_template("400.html").render())


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort. Its templates need no database, no session and no context."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError | ValkeyAway):
        page = loader.get_template("503.html").render()
        return HttpResponse(page, status=503, headers={"Retry-After": "30"})
    return HttpResponseServerError(loader.get_template("500.html").render())


def show_styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with example content, for people who build pages; not in production."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "styleguide.html", styleguide.examples())
