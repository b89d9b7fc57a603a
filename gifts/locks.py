"""The only row locks of this app: a gift of the catalogue, alone, by staff who change it; and the
sums of places, after the ledger's accounts and the places."""

from collections.abc import Iterable

from gifts.models import Gift
from wallets.statements import array, run


def lock_gift(gift_id: int) -> Gift:
    return Gift.objects.select_for_update(no_key=True).get(pk=gift_id)


def lock_sums(place_ids: Iterable[int]) -> dict[int, int]:
    """Lock the sums of these places in the order of their ids; up to which number they go.

    A place that was never summed has its row from now on: who takes coins back waits for who sums
    it for the first time, and the other way round.
    """
    ids = array(sorted(set(place_ids)))
    run(
        """INSERT INTO gifts_summedplace (place_id, upto)
           SELECT id, 0 FROM unnest(%s::bigint[]) AS d (id) ORDER BY id
           ON CONFLICT (place_id) DO NOTHING""",
        ids,
        prepare=False,
    )
    found = run(
        """SELECT place_id, upto FROM gifts_summedplace WHERE place_id = ANY(%s::bigint[])
           ORDER BY place_id FOR NO KEY UPDATE""",
        ids,
        prepare=False,
    )
    return dict(found.rows())
