"""The only locks of this app. Order: a staff action's key, approvals, reports, handles, an address,
people."""

from django.db import connection

from users.models import Approval, Report, User
from users.names import skeleton


def lock_handles(*handles: str) -> None:
    """Keep every other sign-up and change away from these handles and their look-alikes.

    An advisory lock to the end of the transaction: a name that is free has no row to lock.
    """
    for name in sorted({skeleton(handle) for handle in handles}):
        _lock_text(f"handle:{name}")


def lock_email(email: str) -> None:
    """Let one sign-up with this address look and save at a time."""
    _lock_text(f"email:{email.lower()}")


def lock_staff_key(key: str) -> None:
    """Let one request with this key decide at a time; the next one finds what the first did."""
    _lock_text(f"staff:{key}")


def lock_filter_list(owner_id: int | None) -> None:
    """Let one person add to this list at a time."""
    _lock_text(f"filter list:{owner_id}")


def _lock_text(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [text])


def lock_user(user_id: int) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def lock_users(*ids: int) -> None:
    """These people, in the order of their ids."""
    people = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    list(people.values_list("pk", flat=True))


def lock_report(report_id: int) -> Report:
    return Report.objects.select_for_update(no_key=True).get(pk=report_id)


def lock_approval(approval_id: int) -> Approval:
    return Approval.objects.select_for_update(no_key=True).get(pk=approval_id)
