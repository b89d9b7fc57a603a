"""Whom one can be in the demo with one click."""

import secrets
from enum import StrEnum
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Stream
from creators.selectors.streams import live_streams
from gifteconomy.demo.cast import FAN, FINANCE, LIVE_NOW, SECOND_FINANCE
from gifteconomy.demo.models import Visit
from gifteconomy.demo.people import BIRTHDAY, new_account
from gifts.models import SentGift
from users.actions import save_profile, sign_up
from users.models import User

SALT = "gifteconomy.demo.link"
NEWCOMER = "newcomer-"
# With zeros in front a number would read as one to call, and be refused in a handle.
NUMBERS = range(1_000_000, 10_000_000)


class Role(StrEnum):
    VIEWER = "viewer"
    FAN = "fan"
    CREATOR = "creator"
    STAFF = "staff"
    COLLEAGUE = "colleague"


LABELS = {
    Role.VIEWER: gettext_lazy("New viewer"),
    Role.FAN: gettext_lazy("Fan"),
    Role.CREATOR: gettext_lazy("Creator"),
    Role.STAFF: gettext_lazy("Staff"),
    Role.COLLEAGUE: gettext_lazy("Second of staff"),
}


def link_to(role: Role) -> str:
    """The path that signs whoever opens it in as this role."""
    return reverse("demo_link", args=[signing.dumps(str(role), salt=SALT)])


def link_to_guest(handle: str) -> str:
    """The path that signs whoever opens it in as this person of the demo."""
    return reverse("demo_link", args=[signing.dumps(f"@{handle}", salt=SALT)])


def said_by_link(token: str) -> tuple[Role | None, User | None]:
    """The role, or the person, that a link is for; two times None for one that is not ours."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None, None
    if said.startswith("@"):
        return None, User.objects.filter(handle=said[1:], is_demo=True).first()
    return Role(said), None


def home_of(role: Role) -> str:
    """Where somebody begins."""
    if role == Role.CREATOR:
        return reverse("dashboard")
    if role in (Role.STAFF, Role.COLLEAGUE):
        return reverse("admin:index")
    stream = busy_stream()
    return reverse("room", args=[stream.place.public_id]) if stream else "/"


def busy_stream() -> Stream | None:
    """The live stream in which the crowd is; when that has ended, the newest one."""
    live = {stream.place.creator.user.handle: stream for stream in live_streams()}
    return live.get(LIVE_NOW[0].handle) or next(iter(live.values()), None)


def somebody(role: Role, *, visit: Visit | None, room: UUID | None = None) -> User:
    """Who a visitor is in this role. Raises User.DoesNotExist where the cast is not there.

    A viewer is made for the visit; without one, anew. The creator is the one of the room that
    the visitor is in, or else of the last gift, or of the busy room.
    """
    if role == Role.VIEWER:
        return (visit and _newcomer_of(visit)) or make_newcomer()
    if role == Role.CREATOR:
        return _creator_for(visit, room)
    handle = {Role.FAN: FAN, Role.STAFF: FINANCE, Role.COLLEAGUE: SECOND_FINANCE}[role]
    return User.objects.get(handle=handle, is_demo=True)


def role_of(user: User) -> Role | None:
    """The role that this person plays; None for somebody who signed up as everybody does."""
    if not user.is_demo:
        return None
    named = {FAN: Role.FAN, FINANCE: Role.STAFF, SECOND_FINANCE: Role.COLLEAGUE}
    if user.handle in named:
        return named[user.handle]
    if user.email.startswith(NEWCOMER):
        return Role.VIEWER
    return Role.CREATOR if hasattr(user, "creator") else None


def make_newcomer() -> User:
    """A viewer with an empty wallet."""
    number = str(secrets.choice(NUMBERS))
    with transaction.atomic():
        user = sign_up(
            new_account(f"{NEWCOMER}{number}@demo.example"),
            handle=f"newcomer_{number}",
            date_of_birth=BIRTHDAY,
            country=settings.DEFAULT_COUNTRY,
            terms_version=settings.TERMS_VERSION,
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        name = _("Newcomer %(number)s") % {"number": number[-4:]}
        save_profile(user, display_name=name, bio="", country=user.country)
    return user


def sign_in_as(request: HttpRequest, user: User) -> None:
    """Sign in without a password; it counts as an entrance of just now where one is asked for."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, method="demo")


def join_visit(visit: Visit, user: User) -> None:
    """From now on what this person does belongs to the visit."""
    visit.people.add(user)


def looked_as_creator(visit: Visit, user: User) -> None:
    """A creator has opened the dashboard."""
    Visit.objects.filter(pk=visit.pk).update(looked_at=timezone.now(), looked_creator_id=user.pk)


def saw_gift(visit: Visit, gift_id: UUID) -> None:
    """A second window says that it shows this gift."""
    Visit.objects.filter(pk=visit.pk).update(seen_gift=gift_id)


def _newcomer_of(visit: Visit) -> User | None:
    return visit.people.filter(email__startswith=NEWCOMER, is_active=True).first()


def _creator_for(visit: Visit | None, room: UUID | None) -> User:
    creators = User.objects.filter(is_demo=True, creator__isnull=False)
    if room is not None and (found := creators.filter(creator__places__public_id=room).first()):
        return found
    if visit is not None:
        sent = SentGift.objects.filter(
            sender_id__in=visit.people.values("pk"), created__gte=visit.began
        )
        last = sent.order_by("-created").first()
        if last is not None and (found := creators.filter(pk=last.creator_id).first()):
            return found
    return creators.get(handle=LIVE_NOW[0].handle)
