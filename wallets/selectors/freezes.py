"""Diamonds that staff hold."""

from django.db.models import QuerySet, UUIDField
from django.db.models.functions import Cast

from wallets.models import TakenBack, Transfer


def open_freezes() -> QuerySet[Transfer]:
    """The transfers to `held` that were neither released nor taken yet."""
    held = TakenBack.objects.filter(why="freeze", state=TakenBack.State.HELD)
    return Transfer.objects.filter(pk__in=held.values(freeze=Cast("ref", UUIDField())))


def freeze_states(transfer: Transfer) -> list[str]:
    """What became of a hold: `held`, `released` or `final`; empty for what is no hold."""
    parts = TakenBack.objects.filter(why="freeze", ref=str(transfer.pk))
    return sorted(set(parts.values_list("state", flat=True)))
