"""Doors of the site as a whole: colours, the page of last resort, the styleguide."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST
from redis.exceptions import ConnectionError as ValkeyAway

from users import styleguide

THEMES = {"light", "dark"}
ONE_YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen colours in a cookie; anything but light and dark means the device's."""
    came_from = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        came_from = "/"
    response = redirect(came_from)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme",
            theme,
            max_age=ONE_YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


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
