"""What a creator asks of those who send gifts, as pages and rooms are told it."""

from typing import Any

from django.db import connection

from creators.models import Boundaries

# Of a place `p`, with or without a row of boundaries `w`: the values of `boundaries_part`.
BOUNDARIES_PART = """coalesce(w.version, 0),
    CASE WHEN w.enough_in_id = p.id THEN 'enough' WHEN NOT w.gifts THEN 'off' ELSE 'on' END,
    w.least_coins, w.most_coins, w.viewer_coins_per_day, coalesce(w.anonymous, true)"""


def boundaries_of(creator_id: int) -> Boundaries:
    """The creator's boundaries; none at all, unsaved, for who has set none."""
    found = Boundaries.objects.filter(pk=creator_id).first()
    return found or Boundaries(creator_id=creator_id)


def boundaries_at(place_id: int) -> dict[str, Any]:
    """The part `boundaries` of a room's state."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {BOUNDARIES_PART} FROM creators_place p
                LEFT JOIN creators_boundaries w ON w.creator_id = p.creator_id
                WHERE p.id = %s""",  # noqa: S608
            [place_id],
        )
        return boundaries_part(*cursor.fetchone())


def boundaries_part(
    version: int,
    gifts: str,
    least_coins: int | None,
    most_coins: int | None,
    viewer_coins_per_day: int | None,
    anonymous: bool,
) -> dict[str, Any]:
    """`gifts` is on, off, or enough (for the rest of this stream)."""
    return {
        "version": version,
        "gifts": gifts,
        "least_coins": least_coins,
        "most_coins": most_coins,
        "viewer_coins_per_day": viewer_coins_per_day,
        "anonymous": anonymous,
    }
