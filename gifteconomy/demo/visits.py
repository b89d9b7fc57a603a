"""Which visit a browser's request belongs to: a signed cookie says so."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from gifteconomy.demo.models import Visit

COOKIE = "demo"
SALT = "gifteconomy.demo.visit"
WEEK_SECONDS = 7 * 24 * 3600


def visit_of(request: HttpRequest) -> Visit | None:
    """The visit of this browser, when it has begun one in this world."""
    try:
        said = request.get_signed_cookie(COOKIE, salt=SALT, max_age=WEEK_SECONDS)
        return Visit.objects.filter(pk=UUID(said)).first()
    except (KeyError, BadSignature, ValueError):
        return None


def begin_visit() -> Visit:
    visit = Visit.objects.create()
    visit.refresh_from_db()  # the database says when
    return visit


def remember_visit(response: HttpResponse, visit: Visit) -> None:
    response.set_signed_cookie(
        COOKIE,
        str(visit.pk),
        salt=SALT,
        max_age=WEEK_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
