"""Rows that tests start from. Every name that is not given is made up and unique."""

import datetime
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission

from users.models import User

_numbers = count(1)
WORDS = ("birch", "comet", "delta", "ember", "fjord", "grove", "heron", "islet", "junco", "kelp")


def unique_handle() -> str:
    """Letters only: digits would collide as look-alikes (1 and l, 0 and o)."""
    number, letters = next(_numbers), ""
    while number:
        number, rest = divmod(number, 10)
        letters = WORDS[rest] + letters
    return letters[-30:]


def make_user(handle: str = "", *, confirmed: bool = False, **fields: Any) -> User:
    """A person of full age; `confirmed` says that the e-mail address is theirs."""
    handle = handle or unique_handle()
    fields.setdefault("date_of_birth", datetime.date(1990, 5, 17))
    fields.setdefault("email", f"{handle.lower()}@example.org")
    user = User.objects.create_user(password=fields.pop("password", None), handle=handle, **fields)
    if confirmed:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_staff(*groups: str, permissions: tuple[str, ...] = (), **fields: Any) -> User:
    """A staff member in these groups, with these "app.codename" permissions besides."""
    staff = make_user(is_staff=True, **fields)
    staff.groups.set(Group.objects.filter(name__in=groups))
    for name in permissions:
        app, codename = name.split(".")
        staff.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return staff


def make_superuser(**fields: Any) -> User:
    return make_user(is_staff=True, is_superuser=True, **fields)
