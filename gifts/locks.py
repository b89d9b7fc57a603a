"""The only row locks of this app: a gift of the catalogue, alone, by staff who change it; and the
sums of places, after the ledger's accounts and the places."""

from collections.abc import Iterable

from gifts.models import Gift
from wallets.statements import array, run


def lock_gift(gift_id: int) -> Gift:
    return Gift.objects.select_for_update(no_key=True).get(pk=gift_id)


def lock_sums(place_ids: Iterable[int]) -> dict[int, int]:
    """Lock the sums of these places in the order of their ids; up to which number they go."""
    found = run(
        """SELECT place_id, upto FROM gifts_summedplace WHERE place_id = ANY(%s::bigint[])
           ORDER BY place_id FOR NO KEY UPDATE""",
        array(sorted(set(place_ids))),
        prepare=False,
    )
    return dict(found.rows())
