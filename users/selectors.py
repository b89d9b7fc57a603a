"""What is read about people."""

import datetime
import secrets
from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from users import age, names, notices
from users.age import AgeStatus
from users.filtering import why_not_allowed
from users.models import (
    Block,
    FormerHandle,
    Notification,
    NotificationChoice,
    OwnPause,
    Report,
    ReportMail,
    User,
)
from users.pauses import pause_at

Way = NotificationChoice.Way
HandleProblem = Literal["format", "reserved", "taken", "words"]


def user_by_handle(handle: str) -> User | None:
    """Whoever is active under this handle, in any case of letters."""
    people = User.objects.alias(lower=Lower("handle"))
    return people.filter(lower=handle.lower(), is_active=True).first()


def user_by_former_handle(handle: str) -> User | None:
    """Whoever had this handle lately and still keeps it from others."""
    former = FormerHandle.objects.filter(
        handle__iexact=handle,
        handle_skeleton=names.skeleton(handle),
        kept_until__gt=timezone.now(),
        user__is_active=True,
    )
    newest = former.select_related("user").order_by("-id").first()
    return newest.user if newest else None


def handle_problem(handle: str, *, user: User | None = None) -> HandleProblem | None:
    """Why `user` (or a newcomer) cannot have this handle now, or None."""
    if not names.FORMAT.fullmatch(handle):
        return "format"
    if names.is_reserved(handle):
        return "reserved"
    # An underscore stands where a name would have a space.
    if why_not_allowed(handle) or why_not_allowed(handle.replace("_", " ")):
        return "words"
    skeleton = names.skeleton(handle)
    me = user.pk if user else 0
    if User.objects.filter(handle_skeleton=skeleton).exclude(pk=me).exists():
        return "taken"
    kept = FormerHandle.objects.filter(handle_skeleton=skeleton, kept_until__gt=timezone.now())
    return "taken" if kept.exclude(user_id=me).exists() else None


def free_handle(text: str) -> str:
    """A handle that nobody has, out of an e-mail address or a wish."""
    base = names.handle_base(text)
    if handle_problem(base) is None:
        return base
    for digits in (2, 2, 3, 3, 4, 4):
        wish = f"{base}{secrets.randbelow(10**digits):0{digits}}"
        if handle_problem(wish) is None:
            return wish
    return f"viewer_{secrets.token_hex(6)}"


def handle_free_from(user: User) -> datetime.datetime | None:
    """When the person can change the handle again; None means now."""
    if user.handle_changed_at is None:
        return None
    again = user.handle_changed_at + datetime.timedelta(days=settings.HANDLE_CHANGE_DAYS)
    return again if again > timezone.now() else None


def money_age(user: User, *, today: datetime.date | None = None) -> AgeStatus:
    """Whether the person is known to be old enough for money, on the site's day `today`.

    `needed` holds the address of the page that settles it. Cheap: one plug-in call, no query.
    """
    if user.date_of_birth is None:
        return AgeStatus("needed", reverse("birthday"))
    if age.years(user.date_of_birth, today=today or timezone.localdate()) < settings.AGE_MONEY:
        return AgeStatus("refused")
    return age.age_check().status(user)


def own_pause(user: User) -> OwnPause:
    """A person's break and quiet hours; neither, unsaved, for who has set none."""
    return OwnPause.objects.filter(user=user).first() or OwnPause(user=user)


def require_no_pause(user: User, *, at: datetime.datetime | None = None) -> None:
    """Raises OnBreak or QuietHours while the person allows themselves no spending."""
    own = own_pause(user)
    pause = pause_at(
        at or timezone.now(),
        break_until=own.break_until,
        quiet_from=own.quiet_from,
        quiet_to=own.quiet_to,
    )
    if pause is not None:
        raise pause


def is_blocked(one: User, other: User) -> bool:
    """Whether either of the two has blocked the other."""
    return Block.objects.filter(
        Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one)
    ).exists()


def blocked_by(user_ids: Iterable[int]) -> dict[int, list[str]]:
    """By person: the public ids of those whom the person blocked. In one statement for all.

    So that a page can leave out what these people say, under whichever handle it is said.
    """
    found: dict[int, list[str]] = {id: [] for id in user_ids}
    blocks = Block.objects.filter(blocker__in=found).order_by("pk")
    for id, public_id in blocks.values_list("blocker", "blocked__public_id"):
        found[id].append(str(public_id))
    return found


def blocks_by(user: User) -> QuerySet[Block]:
    """Whom the person blocked, the latest first."""
    return Block.objects.filter(blocker=user).select_related("blocked").order_by("-pk")


def blocked_ids(user: User) -> set[int]:
    """Everybody whom the person blocked or who blocked them: whom to leave out of a list."""
    pairs = Block.objects.filter(Q(blocker=user) | Q(blocked=user))
    ids = {pk for pair in pairs.values_list("blocker_id", "blocked_id") for pk in pair}
    return ids - {user.pk}


# --- reports --------------------------------------------------------------------------------------
GIVE_UP_AFTER = datetime.timedelta(days=3)


def staff_on_duty() -> QuerySet[User]:
    """Staff who work on reports and can be mailed."""
    right = Permission.objects.filter(
        content_type__app_label="users", codename="answer_report"
    ).values("pk")
    may = (
        Q(is_superuser=True)
        | Q(user_permissions__in=right)
        | Q(groups__in=Group.objects.filter(permissions__in=right))
    )
    people = User.objects.filter(may, is_staff=True, is_active=True).exclude(email="")
    return people.order_by("pk").distinct()


def report_mails_to_send() -> list[int]:
    """Queued mails about reports that nobody is sending now, oldest first."""
    now = timezone.now()
    waiting = ReportMail.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now), sent=None, created__gte=now - GIVE_UP_AFTER
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:500])


def mail_of_report(mail_id: int) -> tuple[str, dict[str, Any]]:
    """The address of a queued mail and its context."""
    mail = ReportMail.objects.select_related("report__about", "to").get(pk=mail_id)
    path = reverse("admin:users_report_change", args=[mail.report_id])
    return mail.to.email, {"report": mail.report, "person": mail.to, "path": path}


def reports_by(user: User) -> QuerySet[Report]:
    """What this person reported, the latest first."""
    return Report.objects.filter(reporter=user).order_by("-pk")


def report_of(user: User, kind: str, ref: UUID) -> Report | None:
    """This person's report of this thing."""
    return Report.objects.filter(reporter=user, kind=kind, ref=ref).first()


# --- notifications --------------------------------------------------------------------------------
def notification_mails_to_send() -> list[int]:
    """Mails of notifications that nobody is sending now, oldest first."""
    waiting = Notification.objects.filter(
        Q(mail_after=None) | Q(mail_after__lte=timezone.now()), mail=True, mailed=None
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:500])


def ways_of(person: User) -> dict[str, str]:
    """How the person hears of each kind, by its code: what was chosen, else what is usual."""
    usual = {kind.code: Way.MAIL if kind.by_mail else Way.SITE for kind in notices.kinds()}
    return usual | dict(person.notification_choices.values_list("kind", "way"))
