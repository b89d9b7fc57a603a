"""What staff do to an account: date of birth, access, sessions, staff rights.

Each is the `perform` of a staff action: it runs inside the transaction of
`users.actions.staff.carry_out`, which has locked the person and writes the audit row.
"""

import datetime
from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.utils import timezone

from users import age, events
from users.errors import AlreadySo, BirthdayRefused, NotAllowed
from users.models import User


def change_date_of_birth(
    user: User, *, staff: User, reason: str, key: str, date_of_birth: datetime.date
) -> None:
    """Correct a date of birth. People cannot do this themselves once it is saved."""
    _require_rank(staff, user)
    if not age.is_plausible(date_of_birth, today=timezone.localdate()):
        raise BirthdayRefused()
    if user.date_of_birth == date_of_birth:
        raise AlreadySo()
    user.date_of_birth = date_of_birth
    user.save(update_fields=["date_of_birth"])


def deactivate(user: User, *, staff: User, reason: str, key: str) -> None:
    """Close the way in: no sign-in, and every session ends. What the person owns stays."""
    _require_rank(staff, user)
    if not user.is_active:
        raise AlreadySo()
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    events.person_deactivated(user.pk)


def reactivate(user: User, *, staff: User, reason: str, key: str) -> None:
    if user.is_active:
        raise AlreadySo()
    user.is_active = True
    user.save(update_fields=["is_active"])


def sign_out_everywhere(user: User, *, staff: User, reason: str, key: str) -> None:
    _require_rank(staff, user)
    end_sessions(user)


def set_staff_rights(
    user: User, *, staff: User, reason: str, key: str, is_staff: bool, groups: Iterable[Group]
) -> None:
    """Say whether the person is staff, and in which groups. Whoever is not staff is in none."""
    user.is_staff = is_staff
    user.save(update_fields=["is_staff"])
    user.groups.set(groups if is_staff else [])


def end_sessions(user: User) -> None:
    """Sign the person out of every browser, whichever way it came in, and close its sockets.

    Locked by the caller.
    """
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    for session in UserSession.objects.filter(user=user):
        session.end()
    events.sessions_ended(user.pk)


def _require_rank(staff: User, user: User) -> None:
    """Only a superuser acts on a superuser."""
    if user.is_superuser and not staff.is_superuser:
        raise NotAllowed()
