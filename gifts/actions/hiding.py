"""Taking away what was said: a line of chat, the message of a gift. Gift and money stand.

It is a numbered event of the place, so that no page misses it, however it learns of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from creators.actions import moderating
from creators.locks import lock_places
from creators.models import ModerationAct, Place, Restriction
from creators.selectors.moderation import require_role
from gifts import events
from gifts.actions import numbering
from gifts.errors import TextUnknown
from gifts.events import Event
from gifts.models import ChatLine, HiddenMessage, SentGift
from gifts.selectors import with_texts
from users.errors import AlreadySo
from users.models import User

Kind = ModerationAct.Kind
# Of one person in one room, when all of theirs are taken away.
MOST_AT_ONCE = 500


@dataclass(slots=True, kw_only=True)
class Texts:
    """Some of what one person said in one place."""

    place: Place
    person: User
    lines: list[ChatLine] = field(default_factory=list)
    gifts: list[SentGift] = field(default_factory=list)

    def subjects(self) -> list[dict[str, str]]:
        """As the log keeps them: what was seen, also when the rows are gone."""
        lines = [{"kind": "line", "id": str(line.pk), "text": line.text} for line in self.lines]
        gifts = [{"kind": "gift", "id": str(sent.pk), "text": sent.message} for sent in self.gifts]
        return lines + gifts


def hide_line(*, actor: User, line_id: UUID, reason: str = "") -> ModerationAct:
    """Take a line away everywhere. Locks its place.

    Raises TextUnknown, NotAllowed, OwnAccount, or AlreadySo when it is hidden.
    """
    line = _line(line_id)
    texts = Texts(place=line.place, person=line.sender, lines=[line])
    return _hide(actor, texts, reason)


def hide_message(*, actor: User, gift_id: UUID, reason: str = "") -> ModerationAct:
    """Take the message of a gift away everywhere; the gift stands. As `hide_line`."""
    sent = SentGift.objects.filter(pk=gift_id).exclude(message="").first()
    if sent is None:
        raise TextUnknown()
    place = Place.objects.get(pk=sent.place_id)
    texts = Texts(place=place, person=User.objects.get(pk=sent.sender_id), gifts=[sent])
    return _hide(actor, texts, reason)


def hide_all_of(*, actor: User, place: Place, person: User, reason: str = "") -> ModerationAct:
    """Take away the latest lines and messages of somebody in a place. As `hide_line`."""
    lines = ChatLine.objects.filter(place=place, sender=person, hidden=False)
    hidden = HiddenMessage.objects.values("pk")
    gifts = SentGift.objects.filter(place_id=place.pk, sender_id=person.pk).exclude(message="")
    texts = Texts(
        place=place,
        person=person,
        lines=list(lines.order_by("-created")[:MOST_AT_ONCE]),
        gifts=list(gifts.exclude(pk__in=hidden).order_by("-seq")[:MOST_AT_ONCE]),
    )
    return _hide(actor, texts, reason)


def take_back(*, actor: User, act_id: int, reason: str = "") -> ModerationAct:
    """Undo an act of the log: show again, let speak again, let in again.

    Raises TextUnknown, NotAllowed, OwnAccount, or AlreadySo when it was taken back or is over.
    """
    act = ModerationAct.objects.select_related("target", "place").filter(pk=act_id).first()
    if act is None:
        raise TextUnknown()
    if act.kind in Restriction.Kind.values:
        held = Restriction.objects.filter(act=act).first()
        if held is None:
            raise AlreadySo()
        return moderating.lift(
            actor=actor,
            creator_id=act.creator_id,
            person=act.target,
            kind=act.kind,
            reason=reason,
            gift_id=held.gift_id,
        )
    if act.kind == Kind.HIDE and act.place is not None:
        return _show(actor, act, act.place, reason)
    raise AlreadySo()


def _hide(actor: User, texts: Texts, reason: str) -> ModerationAct:
    place = texts.place
    with transaction.atomic():
        lock_places([place.pk])
        role = require_role(actor, place.creator_id, on=texts.person)
        # Under the lock: what somebody hid meanwhile is not hidden twice.
        lines = ChatLine.objects.filter(pk__in=[line.pk for line in texts.lines], hidden=False)
        known = set(lines.values_list("pk", flat=True))
        texts.lines = [line for line in texts.lines if line.pk in known]
        gifts = HiddenMessage.objects.filter(pk__in=[sent.pk for sent in texts.gifts])
        gone = set(gifts.values_list("pk", flat=True))
        texts.gifts = [sent for sent in texts.gifts if sent.pk not in gone]
        if not texts.lines and not texts.gifts:
            raise AlreadySo()
        ChatLine.objects.filter(pk__in=known).update(hidden=True)
        now = timezone.now()
        HiddenMessage.objects.bulk_create(
            HiddenMessage(gift_id=sent.pk, hidden=now) for sent in texts.gifts
        )
        subjects = texts.subjects()
        _tell(place, events.hidden, subjects)
        return moderating.record(
            creator_id=place.creator_id,
            actor=actor,
            role=role,
            target=texts.person,
            kind=Kind.HIDE,
            place_id=place.pk,
            subjects=subjects,
            reason=reason,
        )


def _show(actor: User, act: ModerationAct, place: Place, reason: str) -> ModerationAct:
    with transaction.atomic():
        lock_places([place.pk])
        role = require_role(actor, place.creator_id, on=act.target)
        if ModerationAct.objects.filter(undoes=act).exists():
            raise AlreadySo()
        ChatLine.objects.filter(pk__in=_ids(act.subjects, "line")).update(hidden=False)
        HiddenMessage.objects.filter(pk__in=_ids(act.subjects, "gift")).delete()
        _tell(place, events.shown, act.subjects)
        return moderating.record(
            creator_id=place.creator_id,
            actor=actor,
            role=role,
            target=act.target,
            kind=Kind.SHOW,
            place_id=place.pk,
            subjects=act.subjects,
            undoes=act,
            reason=reason,
        )


def _tell(place: Place, make: Callable[..., Event], subjects: Sequence[dict[str, Any]]) -> None:
    made = partial(make, lines=_ids(subjects, "line"), gifts=_ids(subjects, "gift"))
    numbering.tell(place.pk, numbering.next_number(place.pk), made, complete=with_texts)


def _ids(subjects: Sequence[dict[str, Any]], kind: str) -> list[str]:
    return [subject["id"] for subject in subjects if subject["kind"] == kind]


def _line(line_id: UUID) -> ChatLine:
    line = ChatLine.objects.select_related("place", "sender").filter(pk=line_id).first()
    if line is None:
        raise TextUnknown()
    return line
