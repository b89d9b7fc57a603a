"""What a creator is shown of the gifts that came: who, what, and what is left of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

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


def received_of(creator_id: int) -> QuerySet[Earning]:
    """All that a creator earned with gifts, newest first."""
    return Earning.objects.filter(creator_id=creator_id, source="gift").order_by(
        "-created", "-operation_id"
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
