"""The colours of the pages, which a browser keeps for itself in a cookie."""

from django.conf import settings
from django.http import HttpResponse

THEMES = {"light", "dark"}
ONE_YEAR_SECONDS = 365 * 24 * 3600


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Keep the chosen colours; anything but light and dark means the device's."""
    if theme not in THEMES:
        response.delete_cookie("theme", samesite="Lax")
        return
    response.set_cookie(
        "theme",
        theme,
        max_age=ONE_YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
