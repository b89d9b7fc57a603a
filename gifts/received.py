"""What a creator is shown of the gifts that came: who, what, and what is left of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from creators.models import Earning
from users.models import User
from wallets.money import Money, diamonds_value
from wallets.selectors.rates import series_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A gift that came. `sender` is None where it has no name, or its sender hides amounts."""

    earning: Earning
    sender: User | None
    worth: Money

    @property
    def came_back(self) -> bool:
        return self.earning.taken_back_coins == self.earning.coins


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPage:
    """Some of the gifts that came, newest first; whether there are newer ones and older ones."""

    gifts: list[Received]
    has_newer: bool
    has_older: bool


def received_page(
    creator_id: int, *, most: int, before: UUID | None = None, after: UUID | None = None
) -> ReceivedPage:
    """The gifts that came just before one, or just after it, else the latest.

    A walk along the index of the creator's earnings from there on, however many there are.
    """
    own = Earning.objects.filter(creator_id=creator_id, source="gift")
    if after is not None and (here := own.filter(pk=after).first()):
        later = Q(created__gt=here.created) | Q(created=here.created, operation_id__gt=here.pk)
        newer = own.filter(later, created__gte=here.created).order_by("created", "operation_id")
        found = list(newer[: most + 1])
        if len(found) > most:
            shown = received(reversed(found[:most]))
            return ReceivedPage(gifts=shown, has_newer=True, has_older=True)
    here = own.filter(pk=before).first() if before is not None else None
    if here is not None:
        earlier = Q(created__lt=here.created) | Q(created=here.created, operation_id__lt=here.pk)
        own = own.filter(earlier, created__lte=here.created)
    found = list(own.order_by("-created", "-operation_id")[: most + 1])
    return ReceivedPage(
        gifts=received(found[:most]), has_newer=here is not None, has_older=len(found) > most
    )


def received(earnings: Iterable[Earning]) -> list[Received]:
    """These earnings as the creator sees them, in two statements."""
    found = list(earnings)
    named = {one.supporter_id for one in found if not one.anonymous}
    people = User.objects.filter(hide_amounts=False).in_bulk(named)
    values = series_values()
    return [
        Received(
            earning=one,
            sender=None if one.anonymous else people.get(one.supporter_id),
            worth=diamonds_value(diamonds=one.diamonds_kept, value_millionths=values[one.series]),
        )
        for one in found
    ]
