"""What staff do from a report about a text: take it away or show it, hold the gift's diamonds."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from creators.models import ModerationAct
from creators.report_acts import LONGEST_REASON
from gifts.actions import hiding
from gifts.errors import TextUnknown
from gifts.models import SentGift
from users import reporting
from users.actions.staff import StaffAction
from users.errors import AlreadySo
from users.locks import lock_report
from users.models import Report, User
from users.report_admin import cause_of, concerned, reason_of
from wallets.actions.freeze import freeze_gift
from wallets.models import TakenBack

TEXTS = ("line", "gift")


def is_hidden(target: Report) -> bool | None:
    """None where there is no text (any more)."""
    if target.kind not in TEXTS:
        return None
    seen = reporting.see(target.kind, target.ref)
    return seen.is_hidden if seen else None


def hiding_state(target: Report) -> dict[str, Any]:
    return {"hidden": is_hidden(target)}


def hide(target: Report, *, staff: User, reason: str, key: str) -> None:
    why = reason[:LONGEST_REASON]
    if target.kind == "line":
        hiding.hide_line(actor=staff, line_id=target.ref, reason=why)
    elif target.kind == "gift":
        hiding.hide_message(actor=staff, gift_id=target.ref, reason=why)
    else:
        raise TextUnknown()


def show(target: Report, *, staff: User, reason: str, key: str) -> None:
    """Take back the act that hid it, whoever did it; what went with it is shown again, too."""
    subject = [{"kind": target.kind, "id": str(target.ref)}]
    acts = ModerationAct.objects.filter(
        kind=ModerationAct.Kind.HIDE,
        place=target.seen.get("place"),
        target=target.about_id,
        subjects__contains=subject,
        undone_by=None,
    )
    act = acts.order_by("-pk").first()
    if act is None or is_hidden(target) is not True:
        raise AlreadySo()
    hiding.take_back(actor=staff, act_id=act.pk, reason=reason[:LONGEST_REASON])


def parts_held(target: Report) -> dict[str, Any]:
    coins = SentGift.objects.filter(pk=target.ref).values("coin_transfer")
    parts = TakenBack.objects.filter(transfer_id__in=coins).order_by("pk")
    return {"parts": [f"{part.why} {part.state}" for part in parts]}


def is_gift(target: Report) -> bool:
    return target.kind == "gift"


def hold(target: Report, *, staff: User, reason: str, key: str) -> None:
    if not SentGift.objects.filter(pk=target.ref).exists():
        raise TextUnknown()
    freeze_gift(operation_id=target.ref, staff_id=staff.pk, reason=reason, key=key)


REPORT_ACTS = [
    StaffAction(
        name="hide",
        label=_("Take the text away"),
        permission="creators.moderate_rooms",
        perform=hide,
        whose=concerned,
        lock=lock_report,
        snapshot=hiding_state,
        offered=lambda target: is_hidden(target) is False,
        suggest=cause_of,
        hint=_("It leaves every page at once. Gift and money stand."),
    ),
    StaffAction(
        name="show",
        label=_("Show the text again"),
        permission="creators.moderate_rooms",
        perform=show,
        whose=concerned,
        lock=lock_report,
        snapshot=hiding_state,
        offered=lambda target: is_hidden(target) is True,
    ),
    StaffAction(
        name="hold",
        label=_("Hold the gift's diamonds"),
        permission="gifts.freeze_sentgift",
        perform=hold,
        whose=concerned,
        lock=lock_report,
        snapshot=parts_held,
        offered=is_gift,
        suggest=reason_of,
        hint=_("Only while they clear. The hold ends by its transfer: released or taken."),
    ),
]
