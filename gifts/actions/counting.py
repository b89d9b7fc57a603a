"""Gifts become final: the cursor `counted` of a place moves over those that nobody can undo."""

import logging
from collections.abc import Iterable

import psycopg
from django.db import OperationalError, connection, transaction

log = logging.getLogger(__name__)

# A batch of gifts holds the place for some hundredths of a second.
LOCK_WAIT_MS = 500


def count_gifts(place_ids: Iterable[int]) -> None:
    """Move `counted` of these places over the gifts whose undo window has ended, in their order.

    At most once a second per place, whoever asks and in however many processes. Each place in a
    transaction of its own, so that no room is locked while another is waited for; where one is
    locked for long, it and those after it are left for the next time. The window of a gift is
    judged by the database's clock as of the statement's beginning: an undo that was judged before
    holds the place, and the cursor waits for it.
    """
    for place_id in place_ids:
        try:
            with transaction.atomic():
                _count(place_id)
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            log.info("place %d is counted later: it is locked", place_id)
            return


def _count(place_id: int) -> None:
    with connection.cursor() as cursor:
        # What a crash takes back is found again: no window that has ended opens. So the lock that
        # all gifts of the room wait for need not outlast a write to the disk.
        cursor.execute(
            """SELECT set_config('lock_timeout', %s, true),
                      set_config('synchronous_commit', 'off', true)""",
            [str(LOCK_WAIT_MS)],
        )
        cursor.execute(
            """UPDATE creators_place p SET counted = f.upto, counted_at = statement_timestamp()
               FROM (SELECT o.id, coalesce(
                         (SELECT min(g.seq) - 1 FROM gifts_sentgift g
                          WHERE g.place_id = o.id AND g.seq > o.counted
                            AND g.undo_until >= statement_timestamp()), o.seq) AS upto
                     FROM creators_place o WHERE o.id = %s) f
               WHERE p.id = f.id AND p.counted < f.upto
                 AND coalesce(p.counted_at <= statement_timestamp() - interval '1 second', true)""",
            [place_id],
        )
