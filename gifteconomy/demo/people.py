"""The people of the cast as rows: each whole in one transaction, or not there."""

import random
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.crypto import get_random_string

from creators.actions.applying import become_creator
from creators.actions.payout_methods import set_payout_method
from gifteconomy.demo.cast import CAST, Colleague, Host, Person
from gifteconomy.demo.portraits import portrait
from users.actions import save_profile, sign_up
from users.models import User
from wallets.selectors.prices import rate_card

JOINED_BEFORE = timedelta(days=31)
BIRTHDAY = date(1990, 5, 17)


def make_person(person: Person, *, began: datetime) -> User:
    """This member of the cast, with everything that belongs to them; found when made before."""
    found = User.objects.filter(email=person.email).first()
    if found is not None:
        return found
    chance = random.Random(f"person {person.handle}")  # noqa: S311 - a story
    joined = began - JOINED_BEFORE - timedelta(minutes=chance.randrange(60 * 24 * 300))
    with transaction.atomic():
        user = sign_up(
            new_account(person.email),
            handle=person.handle,
            date_of_birth=date(1955 + chance.randrange(45), 1 + chance.randrange(12), 15),
            country=person.country,
            terms_version=settings.TERMS_VERSION,
        )
        User.objects.filter(pk=user.pk).update(date_joined=joined, terms_accepted_at=joined)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        save_profile(
            user,
            display_name=person.name,
            bio=person.bio,
            country=person.country,
            picture=portrait(person.handle, person.look) if person.look else None,
        )
        if isinstance(person, Host):
            _make_creator(user, person, since=joined)
        if isinstance(person, Colleague):
            _employ(user, person)
    return user


def new_account(email: str) -> User:
    """A demo account that is not saved yet. Nobody knows its password."""
    user = User(email=email, is_demo=True)
    # It is random and long, so guessing it is no quicker when one guess is.
    user.password = PBKDF2PasswordHasher().encode(
        get_random_string(40), get_random_string(12), iterations=1
    )
    return user


def cast_rows() -> dict[str, User]:
    """The rows of the cast by handle."""
    rows = User.objects.filter(email__in=[person.email for person in CAST])
    return {user.handle: user for user in rows}


def _make_creator(user: User, host: Host, *, since: datetime) -> None:
    become_creator(
        user=user,
        rate_card_id=rate_card(at=since).pk,
        rules_version=settings.CREATOR_RULES_VERSION,
        now=since,
    )
    set_payout_method(
        creator_id=user.pk,
        payee_name=host.name,
        instructions=f"Demo Bank, account {1_000_000 + 7_919 * user.pk}",
        now=since,
    )


def _employ(user: User, colleague: Colleague) -> None:
    user.is_staff, user.is_superuser = True, colleague.everything
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.set(Group.objects.filter(name__in=colleague.groups))
