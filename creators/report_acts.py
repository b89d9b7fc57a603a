"""What staff do from a report about what happens in rooms: end the stream, mute, ban, and undo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creators.actions import moderating, streams
from creators.errors import StreamEnded
from creators.models import Restriction, Stream
from creators.selectors.moderation import held_by_name
from creators.selectors.streams import open_stream_of
from users.actions.staff import StaffAction
from users.errors import NotAllowed
from users.locks import lock_report
from users.models import Report, User
from users.report_admin import cause_of, concerned, reason_of

MUTE, BAN = Restriction.Kind.MUTE, Restriction.Kind.BAN
LONGEST_REASON = 200


class MuteForm(forms.Form):
    minutes = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        choices=[
            ("60", _("1 hour")),
            ("1440", _("1 day")),
            ("10080", _("1 week")),
            ("0", _("until lifted")),
        ],
    )


def stream_of(target: Report) -> Stream | None:
    """The live stream of whom the report is about: the reported one, or where they are now."""
    live = open_stream_of(target.about_id)
    if live is not None and target.kind != "person" and target.seen["place"] != live.pk:
        return None
    return live


def has_stream(target: Report) -> bool:
    return stream_of(target) is not None


def stream_state(target: Report) -> dict[str, Any]:
    found = Stream.objects.filter(place__creator=target.about_id).order_by("-pk").first()
    return {} if found is None else {"stream": found.pk, "state": found.state}


def end_stream(target: Report, *, staff: User, reason: str, key: str) -> None:
    live = stream_of(target)
    if live is None:
        raise StreamEnded()
    streams.end_stream(place_id=live.pk, why=Stream.EndedWhy.STAFF)


def held(target: Report) -> set[str]:
    """What keeps the person back in the rooms where it happened."""
    creator_id = target.seen.get("creator")
    rows = held_by_name(target.about_id, creator_id) if creator_id else Restriction.objects.none()
    return set(rows.values_list("kind", flat=True))


def restrictions(target: Report) -> dict[str, Any]:
    return {"restrictions": sorted(held(target))}


def is_elsewhere(target: Report) -> bool:
    """In rooms of somebody else: nobody is kept out of the own ones."""
    return target.seen.get("creator") not in (None, target.about_id)


def mute(target: Report, *, staff: User, reason: str, key: str, minutes: int) -> None:
    moderating.restrict(**_what(target, staff, reason), kind=MUTE, minutes=minutes or None)


def ban(target: Report, *, staff: User, reason: str, key: str) -> None:
    moderating.restrict(**_what(target, staff, reason), kind=BAN)


def unmute(target: Report, *, staff: User, reason: str, key: str) -> None:
    moderating.lift(**_what(target, staff, reason), kind=MUTE)


def unban(target: Report, *, staff: User, reason: str, key: str) -> None:
    moderating.lift(**_what(target, staff, reason), kind=BAN)


def _what(target: Report, staff: User, reason: str) -> dict[str, Any]:
    if "creator" not in target.seen:
        raise NotAllowed()
    return {
        "actor": staff,
        "creator_id": target.seen["creator"],
        "person": target.about,
        "reason": reason[:LONGEST_REASON],
    }


def _act(name: str, label: Any, perform: Any, offered: Any, **more: Any) -> StaffAction:
    usual: dict[str, Any] = {
        "permission": "creators.moderate_rooms",
        "snapshot": restrictions,
        "suggest": cause_of,
    }
    return StaffAction(
        name=name,
        label=label,
        perform=perform,
        offered=offered,
        whose=concerned,
        lock=lock_report,
        **(usual | more),
    )


REPORT_ACTS = [
    _act(
        "end_stream",
        _("End the stream"),
        end_stream,
        has_stream,
        permission="creators.end_stream",
        snapshot=stream_state,
        suggest=reason_of,
        hint=_("Every viewer's page says that staff ended it. It takes no gifts from then on."),
    ),
    _act(
        "mute",
        _("Mute in these rooms"),
        mute,
        lambda target: is_elsewhere(target) and MUTE not in held(target),
        form=MuteForm,
    ),
    _act(
        "unmute",
        _("Let speak again"),
        unmute,
        lambda target: MUTE in held(target),
    ),
    _act(
        "ban",
        _("Ban from these rooms"),
        ban,
        lambda target: is_elsewhere(target) and BAN not in held(target),
        hint=_("The person's open pages of these rooms close."),
    ),
    _act(
        "unban",
        _("Let in again"),
        unban,
        lambda target: BAN in held(target),
    ),
]
