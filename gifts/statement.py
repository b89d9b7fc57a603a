"""What the wallet says of gifts: which one, to whom and where, as on a bank statement."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _

from creators.models import Place, Stream
from gifts.models import Gift, SentGift
from users.models import User
from wallets.descriptions import Describe, Description, Movement, register
from wallets.models import Transfer


def sent_gifts_of(transfers: Sequence[UUID]) -> QuerySet[Any]:
    """The sendings that these transfers of coins paid, with `gift_name`, `creator_name`, `room` and
    `room_id` (empty where it is no stream); one query."""

    def of(rows: QuerySet[Any], key: str, value: Any) -> Subquery:
        return Subquery(rows.filter(pk=OuterRef(key)).values(shown=value)[:1])

    name = Coalesce(NullIf("display_name", Value("")), "handle")
    operations = Transfer.objects.filter(pk__in=transfers).values("operation_id")
    return SentGift.objects.filter(pk__in=operations).annotate(
        gift_name=of(Gift.objects.all(), "gift_id", F("name")),
        creator_name=of(User.objects.all(), "creator_id", name),
        room=of(Stream.objects.all(), "place_id", F("title")),
        room_id=of(Place.objects.filter(kind=Place.Kind.STREAM), "place_id", F("public_id")),
    )


def describe_as(words: Callable[[str], str], mark: str) -> Describe:
    """Describes movements of coins for gifts, those back as well: `words` get what was sent."""

    def describe(movements: Sequence[Movement]) -> Mapping[UUID, Description]:
        paid = {movement.id: movement.reverses or movement.id for movement in movements}
        sent = {row.coin_transfer: row for row in sent_gifts_of(list(paid.values()))}
        return {
            movement: Description(
                text=words(what(one)),
                url=reverse("room", args=[one.room_id]) if one.room_id else "",
                note=one.room or "",
                mark=mark,
            )
            for movement, transfer in paid.items()
            if (one := sent.get(transfer)) is not None
        }

    return describe


def what(sent: Any) -> str:
    """`Acorn for Mira`, `3 × Acorn for Mira`."""
    words = {"gift": sent.gift_name, "name": sent.creator_name, "quantity": sent.quantity}
    if sent.quantity == 1:
        return _("%(gift)s for %(name)s") % words
    return _("%(quantity)s × %(gift)s for %(name)s") % words


register("gift", describe_as(str, "gift"))
register("undo", describe_as(lambda sent: _("Undone: %(gift)s") % {"gift": sent}, "undo"))
register(
    "return",
    describe_as(lambda sent: _("Returned by the creator: %(gift)s") % {"gift": sent}, "undo"),
)
register(
    "reversal",
    describe_as(lambda sent: _("Taken back by our staff: %(gift)s") % {"gift": sent}, "undo"),
)
