"""The only row locks and advisory locks of this app.

Order, everywhere: the ledger's accounts first (`wallets.locks`), then creators, places by id,
batches, withdrawals by id.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from creators.models import Creator, PayoutBatch, Withdrawal
from wallets.locks import BATCH_BUILDER, try_lock
from wallets.models import Account
from wallets.statements import Answer, array, run


def lock_places(ids: Iterable[int]) -> None:
    """Lock these places in the order of their ids."""
    run(
        """SELECT FROM creators_place WHERE id = ANY(%s::bigint[])
           ORDER BY id FOR NO KEY UPDATE""",
        array(sorted(set(ids))),
    )


def lock_creator(user_id: int) -> Creator | None:
    """The creator's row, locked; None for who is no creator."""
    return Creator.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def lock_withdrawals(ids: Iterable[int]) -> Answer:
    """Lock these withdrawals in the order of their ids; (id, state) as they are now."""
    return run(
        """SELECT id, state FROM creators_withdrawal WHERE id = ANY(%s::bigint[])
           ORDER BY id FOR NO KEY UPDATE""",
        array(sorted(set(ids))),
        prepare=False,
    )


def lock_batch(batch_id: int) -> PayoutBatch:
    """A payout batch, locked."""
    return PayoutBatch.objects.select_for_update(no_key=True).get(pk=batch_id)


def lock_withdrawals_to_batch(*, rail: str, most: int) -> list[Withdrawal]:
    """Approved withdrawals of one rail, oldest first, that nobody else has locked.

    Those of frozen accounts are left where they are. Takes the builder's advisory lock, so that
    one batch is built at a time; empty when another process builds.
    """
    if not try_lock(BATCH_BUILDER):
        return []
    frozen = Account.objects.filter(
        owner=OuterRef("creator_id"), kind=Account.Kind.AVAILABLE, can_debit=False
    )
    return list(
        Withdrawal.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(~Exists(frozen), state=Withdrawal.State.APPROVED, method__rail=rail)
        .select_related("method")
        .order_by("pk")[:most]
    )
