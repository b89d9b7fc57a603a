"""What every page shows of the person who is signed in."""

from typing import Any

from django.http import HttpRequest

from users.bells import SOCKET_PATH, unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """How many notifications are new, for the bar above every page but those of staff."""
    match = request.resolver_match
    if not request.user.is_authenticated or (match and match.app_name == "admin"):
        return {}
    return {"unread_notifications": unread_count(request.user.pk), "bell_socket": SOCKET_PATH}
