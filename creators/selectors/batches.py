"""Reads about payout batches."""

from collections.abc import Sequence

from django.db.models import Q

from creators.models import PayoutBatch, PayoutItem, Withdrawal
from creators.rails import FrozenBatch, FrozenItem
from wallets.models import Account


def frozen_batch(batch: PayoutBatch, items: Sequence[PayoutItem]) -> FrozenBatch:
    """The batch as its rail gets it; `items` come with their withdrawals."""
    return FrozenBatch(
        id=batch.public_id,
        rail=batch.rail,
        currency=batch.currency,
        items=tuple(
            FrozenItem(
                id=item.pk or 0,
                withdrawal=str(item.withdrawal.public_id),
                payee_name=item.payee_name,
                instructions=item.instructions,
                amount_minor=item.amount_minor,
            )
            for item in items
        ),
    )


def batches_to_advance(*, auto_approve: bool) -> list[int]:
    """Batches that may go on by themselves, oldest first."""
    states = [*PayoutBatch.UNDER_WAY] + [PayoutBatch.State.PREPARED] * auto_approve
    return list(
        PayoutBatch.objects.filter(state__in=states).order_by("pk").values_list("pk", flat=True)
    )


def accounts_of_withdrawals(withdrawals: Sequence[Withdrawal]) -> list[int]:
    """The diamond accounts of the creators of these withdrawals."""
    owners = {withdrawal.creator_id for withdrawal in withdrawals}
    accounts = Account.objects.filter(Q(owner__in=owners), asset__startswith="DIAMOND.")
    return list(accounts.order_by("pk").values_list("pk", flat=True))
