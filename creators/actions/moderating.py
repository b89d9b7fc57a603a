"""Muting and banning, and naming those who may; every act is a row of the log."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from creators import events, locks
from creators.errors import NotCreator, PersonUnknown, TooManyModerators
from creators.models import ModerationAct, Moderator, Restriction, RoomRules
from creators.selectors.moderation import require_role, restrictions_now
from users.actions.blocks import require_not_blocked
from users.errors import AlreadySo, NotAllowed
from users.models import User
from users.selectors import user_by_handle

Kind = ModerationAct.Kind
MOST_MODERATORS = 50
LIFTED_BY = {Restriction.Kind.MUTE: Kind.UNMUTE, Restriction.Kind.BAN: Kind.UNBAN}


def record(
    *,
    creator_id: int,
    actor: User,
    role: str,
    target: User,
    kind: str,
    place_id: int | None = None,
    **what: Any,
) -> ModerationAct:
    """Write an act down, in the transaction that does it."""
    return ModerationAct.objects.create(
        creator_id=creator_id,
        actor=actor,
        role=role,
        target=target,
        kind=kind,
        place_id=place_id,
        **what,
    )


def restrict(
    *,
    actor: User,
    creator_id: int,
    person: User,
    kind: str,
    minutes: int | None = None,
    reason: str = "",
    place_id: int | None = None,
    gift_id: UUID | None = None,
) -> ModerationAct:
    """Mute or ban somebody in all places of a creator, for some minutes or until it is lifted.

    With `gift_id` it is the unknown sender of this anonymous gift, and the act names nobody but to
    staff; what the person is under their own name is neither asked nor changed. A ban closes the
    person's sockets there; gifts, chat and joining are refused. Locks the creator. Raises
    NotAllowed, OwnAccount, or AlreadySo when nothing would change.
    """
    with transaction.atomic():
        role = _lock_and_require(actor, creator_id, on=person)
        if person.pk == creator_id:
            raise NotAllowed()  # nobody is kept out of the own rooms; staff end streams instead
        until = timezone.now() + timedelta(minutes=minutes) if minutes else None
        same = Restriction.objects.filter(
            creator=creator_id, person=person, kind=kind, gift_id=gift_id
        )
        if until is None and restrictions_now().filter(pk__in=same, until=None).exists():
            raise AlreadySo()
        act = record(
            creator_id=creator_id,
            actor=actor,
            role=role,
            target=person,
            kind=kind,
            place_id=place_id,
            until=until,
            reason=reason,
            unnamed=gift_id is not None,
        )
        same.delete()
        Restriction.objects.create(
            creator_id=creator_id, person=person, kind=kind, until=until, act=act, gift_id=gift_id
        )
        if kind == Restriction.Kind.BAN:
            events.person_banned(person.pk, creator_id)
    return act


def lift(
    *,
    actor: User,
    creator_id: int,
    person: User,
    kind: str,
    reason: str = "",
    gift_id: UUID | None = None,
) -> ModerationAct:
    """Let somebody speak again, or in again; `gift_id` as in `restrict`. Locks the creator.

    Raises NotAllowed, OwnAccount, or AlreadySo when there is nothing to lift.
    """
    with transaction.atomic():
        role = _lock_and_require(actor, creator_id, on=person)
        held = (
            restrictions_now()
            .filter(creator=creator_id, person=person, kind=kind, gift_id=gift_id)
            .select_related("act")
            .first()
        )
        if held is None:
            raise AlreadySo()
        done = held.act
        held.delete()
        return record(
            creator_id=creator_id,
            actor=actor,
            role=role,
            target=person,
            kind=LIFTED_BY[Restriction.Kind(kind)],
            place_id=done.place_id,
            undoes=done,
            reason=reason,
            unnamed=gift_id is not None,
        )


def name_moderator(*, creator_id: int, actor: User, handle: str) -> Moderator:
    """Trust somebody with the people in one's places. Only the creator does. Locks the creator.

    Raises NotAllowed, PersonUnknown, OwnAccount, Blocked, AlreadySo or TooManyModerators.
    """
    person = user_by_handle(handle.strip().removeprefix("@"))
    if person is None:
        raise PersonUnknown()
    with transaction.atomic():
        role = _require_creator(actor, creator_id, on=person)
        require_not_blocked(actor, person)
        named = Moderator.objects.filter(creator=creator_id)
        if named.filter(person=person).exists():
            raise AlreadySo()
        if named.count() >= MOST_MODERATORS:
            raise TooManyModerators(most=MOST_MODERATORS)
        record(creator_id=creator_id, actor=actor, role=role, target=person, kind=Kind.NAME)
        return Moderator.objects.create(creator_id=creator_id, person=person)


def dismiss_moderator(*, creator_id: int, actor: User, person: User) -> None:
    """Take the trust back. Locks the creator. Raises NotAllowed or AlreadySo."""
    with transaction.atomic():
        role = _require_creator(actor, creator_id, on=person)
        if not Moderator.objects.filter(creator=creator_id, person=person).delete()[0]:
            raise AlreadySo()
        record(creator_id=creator_id, actor=actor, role=role, target=person, kind=Kind.DISMISS)


def save_room_rules(
    *,
    creator_id: int,
    slow_seconds: int,
    followers_only: bool,
    gift_messages: str,
    languages: Sequence[str],
) -> RoomRules:
    """Save a creator's rules of what is said; rooms follow within a second or two."""
    with transaction.atomic():
        locks.lock_creator(creator_id)
        rules, _ = RoomRules.objects.get_or_create(creator_id=creator_id)
        rules.version += 1
        rules.slow_seconds, rules.followers_only = slow_seconds, followers_only
        rules.gift_messages, rules.languages = gift_messages, sorted(set(languages))
        rules.save()
    return rules


# What a creator switches for the own rooms while they are live.
SWITCHES = ("board", "amounts", "fullscreen", "sound")


def show_in_rooms(*, creator_id: int, what: str, on: bool) -> RoomRules:
    """Switch what the creator's rooms show: one of SWITCHES. Locks the creator."""
    if what not in SWITCHES:
        raise ValueError(what)
    with transaction.atomic():
        locks.lock_creator(creator_id)
        rules, _ = RoomRules.objects.get_or_create(creator_id=creator_id)
        rules.version += 1
        setattr(rules, what, on)
        rules.save(update_fields=["version", what])
    return rules


def _lock_and_require(actor: User, creator_id: int, *, on: User) -> str:
    if locks.lock_creator(creator_id) is None:
        raise NotCreator()
    return require_role(actor, creator_id, on=on)


def _require_creator(actor: User, creator_id: int, *, on: User) -> str:
    """Naming is the creator's own; staff who are no creator do not name."""
    role = _lock_and_require(actor, creator_id, on=on)
    if actor.pk != creator_id:
        raise NotAllowed()
    return role
