"""The only row locks of this app. Order: handles, then people, then approvals."""

from django.db import connection

from users.models import Approval, User
from users.names import skeleton


def lock_handles(*handles: str) -> None:
    """Keep every other sign-up and change away from these handles and their look-alikes.

    An advisory lock to the end of the transaction: a name that is free has no row to lock.
    """
    with connection.cursor() as cursor:
        for name in sorted({skeleton(handle) for handle in handles}):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('handle:' || %s, 0))", [name]
            )


def lock_user(user_id: int) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def lock_approval(approval_id: int) -> Approval:
    return Approval.objects.select_for_update(no_key=True).get(pk=approval_id)
