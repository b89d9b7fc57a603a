"""Who may do what in a creator's places: the one place where that is judged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from creators.models import Follow, ModerationAct, Moderator, Restriction, RoomRules
from users.errors import NotAllowed, OwnAccount
from users.models import Block, User

Row = TypeVar("Row", bound=Model)
Role = ModerationAct.Role
STAFF_PERMISSION = "creators.moderate_rooms"
RANK: dict[str | None, int] = {None: 0, Role.MODERATOR: 1, Role.CREATOR: 2, Role.STAFF: 3}


def role_of(user: User, creator_id: int) -> str | None:
    """As what this person may moderate this creator's places; None for who may not."""
    if not user.is_active:
        return None
    if user.is_staff and user.has_perm(STAFF_PERMISSION):
        return Role.STAFF
    if user.pk == creator_id:
        return Role.CREATOR
    named = Moderator.objects.filter(creator=creator_id, person=user.pk).exists()
    return Role.MODERATOR if named else None


def require_role(user: User, creator_id: int, *, on: User | None = None) -> str:
    """The role in which this person moderates here, also on that person.

    Nobody acts on who has the same role or a higher one: moderators not on one another, nor on the
    creator; nobody on staff. Raises NotAllowed, or OwnAccount for who would act on themselves.
    """
    role = role_of(user, creator_id)
    if role is None:
        raise NotAllowed()
    if on is not None:
        if on.pk == user.pk:
            raise OwnAccount()
        if RANK[role_of(on, creator_id)] >= RANK[role]:
            raise NotAllowed()
    return role


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a person stands in a creator's places, and what the creator's rules are."""

    banned: bool
    muted: bool
    muted_until: datetime | None
    blocked: bool
    follows: bool
    moderates: bool
    slow_seconds: int
    followers_only: bool
    gift_messages: str
    languages: list[str]


STANDING = """
    SELECT coalesce(ban.id IS NOT NULL, false), coalesce(mute.id IS NOT NULL, false), mute.until,
           EXISTS (SELECT FROM users_block b
                   WHERE (b.blocker_id = %(person)s AND b.blocked_id = %(creator)s)
                      OR (b.blocker_id = %(creator)s AND b.blocked_id = %(person)s)),
           EXISTS (SELECT FROM creators_follow f
                   WHERE f.creator_id = %(creator)s AND f.follower_id = %(person)s),
           u.id = %(creator)s OR u.is_staff OR EXISTS (
               SELECT FROM creators_moderator m
               WHERE m.creator_id = %(creator)s AND m.person_id = %(person)s),
           coalesce(r.slow_seconds, 0), coalesce(r.followers_only, false),
           coalesce(r.gift_messages, 'all'), coalesce(r.languages, '{}')
    FROM users_user u
    LEFT JOIN creators_roomrules r ON r.creator_id = %(creator)s
    LEFT JOIN creators_restriction ban ON ban.person_id = u.id AND ban.creator_id = %(creator)s
        AND ban.kind = 'ban' AND (ban.until IS NULL OR ban.until > statement_timestamp())
    LEFT JOIN creators_restriction mute ON mute.person_id = u.id AND mute.creator_id = %(creator)s
        AND mute.kind = 'mute' AND (mute.until IS NULL OR mute.until > statement_timestamp())
    WHERE u.id = %(person)s
"""


def standing_of(person_id: int, creator_id: int) -> Standing:
    """All of it in one statement. Staff count as moderators here: they are spared the slow mode."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"person": person_id, "creator": creator_id})
        found: tuple[Any, ...] = cursor.fetchone()
    names = Standing.__dataclass_fields__
    return Standing(**dict(zip(names, found, strict=True)))


def is_banned(person_id: int, creator_id: int) -> bool:
    """Whether this creator's rooms are closed to this person now."""
    return bans_now().filter(person=person_id, creator=creator_id).exists()


def bans_now() -> QuerySet[Restriction]:
    """Every ban that counts now."""
    return restrictions_now().filter(kind=Restriction.Kind.BAN)


def still_met(rows: "QuerySet[Row]", creator_id: int, *, shown: bool = False) -> "QuerySet[Row]":
    """Rows of people (`sender_id`) without those whom the creator banned, who are frozen, and with
    whom there is a block, in either direction.

    With `shown` it is for the creator's eyes: who is banned as the sender of an anonymous gift
    stays, as a name or a count that goes at that moment would say who it was.
    """
    bans = bans_now().filter(creator=creator_id)
    if shown:
        bans = bans.filter(gift_id=None)
    return (
        rows.exclude(sender_id__in=bans.values("person"))
        .exclude(sender_id__in=Block.objects.filter(blocker=creator_id).values("blocked"))
        .exclude(sender_id__in=Block.objects.filter(blocked=creator_id).values("blocker"))
        .filter(~Exists(User.objects.filter(pk=OuterRef("sender_id"), is_active=False)))
    )


def held_by_name(person_id: int, creator_id: int) -> QuerySet[Restriction]:
    """What counts now of what a creator's people did to somebody whom they know by name."""
    return restrictions_now().filter(creator=creator_id, person=person_id, gift_id=None)


def restrictions_now() -> QuerySet[Restriction]:
    """Mutes and bans that count now, the newest first."""
    ends = Q(until=None) | Q(until__gt=timezone.now())
    return Restriction.objects.filter(ends).order_by("-pk")


def rules_of(creator_id: int) -> RoomRules:
    """The creator's rules; the usual ones, unsaved, for who has none."""
    found = RoomRules.objects.filter(pk=creator_id).first()
    return found or RoomRules(creator_id=creator_id)


def moderators_of(creator_id: int) -> list[Moderator]:
    return list(
        Moderator.objects.filter(creator=creator_id).select_related("person").order_by("pk")
    )


def acts_at(creator_id: int, *, target: User | None = None) -> QuerySet[ModerationAct]:
    """The log of a creator's places, newest first; with what took each act back.

    Of one person it is what was done to them by name: what was done to the sender of an anonymous
    gift is said of nobody.
    """
    acts = ModerationAct.objects.filter(creator=creator_id).select_related(
        "actor", "target", "undone_by", "place__stream"
    )
    return acts.filter(target=target, unnamed=False) if target else acts


def follows(person_id: int, creator_id: int) -> bool:
    return Follow.objects.filter(follower=person_id, creator=creator_id).exists()
