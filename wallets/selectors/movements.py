"""The movements of a person's coins, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from wallets.descriptions import Description, Movement, describe_all, register
from wallets.models import COIN, Account, Lot, Recharge, Transfer

PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    movement: Movement
    description: Description


@dataclass(frozen=True, slots=True)
class MovementPage:
    """A page of movements. `older` is the id after which the next page begins, or None."""

    lines: list[Line]
    older: UUID | None


def movements_of(user_id: int, *, before: UUID | None = None, limit: int = PAGE) -> MovementPage:
    """A person's movements, from just before a transfer on; two index scans whatever the length."""
    wallet = Account.objects.get(owner=user_id, kind=Account.Kind.WALLET, asset=COIN, ref="").pk
    transfers = Transfer.objects.all() if before is None else Transfer.objects.filter(id__lt=before)
    found = [
        *_newest(transfers.filter(debit_account_id=wallet), limit + 1),
        *_newest(transfers.filter(credit_account_id=wallet), limit + 1),
    ]
    found.sort(key=lambda transfer: transfer.id, reverse=True)
    movements = [
        Movement(
            id=transfer.id,
            operation=transfer.operation_id,
            code=transfer.code,
            coins=transfer.amount if transfer.credit_account_id == wallet else -transfer.amount,
            created=transfer.created,
            lots=tuple(transfer.lots or ()),
            reverses=transfer.reverses,
        )
        for transfer in found[:limit]
    ]
    described = describe_all(movements)
    return MovementPage(
        lines=[Line(movement, described[movement.id]) for movement in movements],
        older=movements[-1].id if len(found) > limit else None,
    )


def _newest(transfers: QuerySet[Transfer], limit: int) -> list[Transfer]:
    return list(transfers.order_by("-id")[:limit])


def describe_recharges(movements: Sequence[Movement]) -> Mapping[UUID, Description]:
    """Each recharge with its receipt."""
    lots = Lot.objects.filter(pk__in=[lot for movement in movements for lot in movement.lots])
    order_of_lot = dict(lots.values_list("pk", "recharge_id"))
    orders = Recharge.objects.in_bulk([pk for pk in order_of_lot.values() if pk is not None])
    return {
        movement.id: Description(
            text=_("Recharge"),
            url=reverse("receipt", args=[order.public_id]),
            note=_("Receipt %(number)s") % {"number": order.receipt},
            mark="plus",
        )
        for movement in movements
        if (order := orders.get(order_of_lot.get(movement.lots[0]) or 0)) is not None
    }


register("recharge", describe_recharges)
