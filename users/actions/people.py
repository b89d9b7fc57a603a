"""What people do with their own account."""

import datetime
import uuid

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from users import age, locks, names
from users.errors import (
    AlreadySo,
    BirthdayRefused,
    EmailTaken,
    HandleRefused,
    HandleTooSoon,
    NameRefused,
    TermsChanged,
    TooYoung,
)
from users.filtering import require_allowed
from users.models import FormerHandle, User
from users.pictures import safe_picture
from users.selectors import handle_free_from, handle_problem, money_age


def sign_up(
    user: User,
    *,
    handle: str,
    date_of_birth: datetime.date,
    country: str,
    terms_version: str,
) -> User:
    """Save a new person, who has e-mail and password already. Locks the handle and the address.

    Raises `BirthdayRefused`, `TooYoung`, `TermsChanged`, `HandleRefused`, `EmailTaken`.
    """
    _require_account_age(date_of_birth)
    if terms_version != settings.TERMS_VERSION:
        raise TermsChanged()
    with transaction.atomic():
        locks.lock_handles(handle)
        locks.lock_email(user.email)
        if why := handle_problem(handle):
            raise HandleRefused(why=why)
        if User.objects.alias(lower=Lower("email")).filter(lower=user.email.lower()).exists():
            raise EmailTaken()
        user.handle = handle
        user.date_of_birth = date_of_birth
        user.country = country
        user.terms_version = terms_version
        user.terms_accepted_at = timezone.now()
        user.save()
    return user


def give_date_of_birth(user: User, *, date_of_birth: datetime.date) -> None:
    """Save a date of birth that is missing. Saved once, only staff change it.

    Raises `BirthdayRefused`, also when one is saved, and `TooYoung`. Locks the person.
    """
    _require_account_age(date_of_birth)
    with transaction.atomic():
        locked = locks.lock_user(user.pk)
        if locked.date_of_birth is not None:
            raise BirthdayRefused()
        locked.date_of_birth = date_of_birth
        locked.save(update_fields=["date_of_birth"])


def change_handle(user: User, *, handle: str) -> None:
    """Take another handle; the old one is kept for its owner. Locks both, and the person.

    Raises `AlreadySo`, `HandleTooSoon` and `HandleRefused`.
    """
    with transaction.atomic():
        locks.lock_handles(handle, user.handle)
        locked = locks.lock_user(user.pk)
        if locked.handle == handle:
            raise AlreadySo()
        if until := handle_free_from(locked):
            raise HandleTooSoon(
                days=settings.HANDLE_CHANGE_DAYS, until=timezone.localdate(until).isoformat()
            )
        if why := handle_problem(handle, user=locked):
            raise HandleRefused(why=why)
        now = timezone.now()
        kept_until = now + datetime.timedelta(days=settings.HANDLE_KEPT_DAYS)
        FormerHandle.objects.create(user=locked, handle=locked.handle, kept_until=kept_until)
        locked.handle = handle
        locked.handle_changed_at = now
        locked.save(update_fields=["handle", "handle_skeleton", "handle_changed_at"])


def save_profile(
    user: User,
    *,
    display_name: str,
    bio: str,
    country: str,
    picture: bytes | None = None,
    remove_picture: bool = False,
) -> None:
    """Save what others see.

    Raises `NameRefused`, `MessageNotAllowed` and `PictureRefused`; then nothing is saved.

    A new picture is drawn anew; the old file goes when the new row is committed.
    """
    name = names.printable(display_name)
    if name and not user.is_staff and names.speaks_for_site(name):
        raise NameRefused()
    about = names.printable(bio, lines=True)
    require_allowed(name, field="display_name")
    require_allowed(about, field="bio")
    drawn = safe_picture(picture) if picture else None
    with transaction.atomic():
        locked = locks.lock_user(user.pk)
        locked.display_name = name
        locked.bio = about
        locked.country = country
        if drawn or remove_picture:
            _replace_picture(locked, drawn)
        locked.save(update_fields=["display_name", "bio", "country", "picture"])


def save_preferences(
    user: User,
    *,
    calm_mode: bool,
    sound: bool,
    hide_amounts: bool,
    hide_on_boards: bool,
    confirm_above_coins: int | None,
    undo_seconds: int | None,
) -> None:
    """Save how the site behaves for this person. Empty numbers mean the site's own."""
    User.objects.filter(pk=user.pk).update(
        calm_mode=calm_mode,
        sound=sound,
        hide_amounts=hide_amounts,
        hide_on_boards=hide_on_boards,
        confirm_above_coins=confirm_above_coins,
        undo_seconds=undo_seconds,
    )


def require_money_age(user: User, *, today: datetime.date | None = None) -> None:
    """Raises `TooYoung` unless the person is known to be old enough for money.

    Asked before recharging, sending, receiving, going live, promoting and withdrawing. Where a
    check is still to be made, the refusal's `url` leads to it.
    """
    status = money_age(user, today=today)
    if status.state != "passed":
        raise TooYoung(age=settings.AGE_MONEY, url=status.url)


def _require_account_age(date_of_birth: datetime.date) -> None:
    today = timezone.localdate()
    if not age.is_plausible(date_of_birth, today=today):
        raise BirthdayRefused()
    if age.is_too_young_for_account(date_of_birth, today=today):
        raise TooYoung(age=settings.AGE_ACCOUNT, url="")


def _replace_picture(user: User, drawn: bytes | None) -> None:
    storage, old = user.picture.storage, user.picture.name
    if drawn:
        # The name says nothing about the person, and a new picture has a new address.
        user.picture.save(f"{uuid.uuid4().hex}.webp", ContentFile(drawn), save=False)
    else:
        user.picture = ""
    if old:
        transaction.on_commit(lambda: storage.delete(old))
