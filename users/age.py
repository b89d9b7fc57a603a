"""How old a person is, and whether that is known well enough for money.

`AGE_CHECK` names a class that answers `status(user)`. The one that comes with the project trusts
the date of birth that was given at sign-up. A real check (a document, an age token of a bank) is a
class of the operator's own: `needed` sends the person to its page before the first payment.
"""

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from users.models import User

OLDEST_YEARS = 120


@dataclass(frozen=True)
class AgeStatus:
    """`passed`, `refused`, or `needed` with the address of the page where the check is made."""

    state: Literal["passed", "needed", "refused"]
    url: str = ""


PASSED = AgeStatus("passed")


class AgeCheck(Protocol):
    def status(self, user: User) -> AgeStatus:
        """Whether this person, old enough by the date of birth, passed the check.

        Asked inside money transactions: read rows or memory, never call out.
        """


class TrustDateOfBirth:
    def status(self, user: User) -> AgeStatus:
        return PASSED


def years(date_of_birth: datetime.date, *, today: datetime.date) -> int:
    """Full years lived on `today`. Who was born on 29 February is older from 1 March on."""
    had_birthday = (today.month, today.day) >= (date_of_birth.month, date_of_birth.day)
    return today.year - date_of_birth.year - (not had_birthday)


def is_plausible(date_of_birth: datetime.date, *, today: datetime.date) -> bool:
    return date_of_birth <= today and years(date_of_birth, today=today) <= OLDEST_YEARS


def is_too_young_for_account(date_of_birth: datetime.date, *, today: datetime.date) -> bool:
    return years(date_of_birth, today=today) < settings.AGE_ACCOUNT


def age_check() -> AgeCheck:
    return _made(settings.AGE_CHECK)


@lru_cache
def _made(path: str) -> AgeCheck:
    return import_string(path)()
