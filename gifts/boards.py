"""Reads of boards, and what the hubs kept of a room's audience."""

from collections.abc import Iterable, Mapping

from django.db import connection

from gifts.models import BoardWish, RoomTally
from gifts.rooms.board import Wishes
from users.models import User
from wallets.statements import array


def board_wishes(asked: Mapping[int, Iterable[str]]) -> dict[int, dict[str, Wishes]]:
    """How these people (handles by place) want to be on the boards of these places.

    Who may not be there (banned, frozen, or renamed since) is not listed. Who is banned as the
    sender of an anonymous gift stays: a name that goes at that moment would say who it was.
    """
    pairs = [(place, handle) for place, handles in asked.items() for handle in handles]
    found: dict[int, dict[str, Wishes]] = {
        place: {handle: Wishes(listed=False, amount=False) for handle in handles}
        for place, handles in asked.items()
    }
    if not pairs:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.place_id, a.handle,
                      u.is_active AND NOT coalesce(w.hidden, u.hide_on_boards)
                      AND NOT EXISTS (
                          SELECT FROM creators_restriction r
                          WHERE r.person_id = u.id AND r.creator_id = p.creator_id
                            AND r.kind = 'ban' AND r.gift_id IS NULL
                            AND (r.until IS NULL OR r.until > statement_timestamp()))
                      AND NOT EXISTS (
                          SELECT FROM users_block b
                          WHERE (b.blocker_id = p.creator_id AND b.blocked_id = u.id)
                             OR (b.blocker_id = u.id AND b.blocked_id = p.creator_id)),
                      NOT u.hide_amounts
               FROM unnest(%s::bigint[], %s::text[]) AS a (place_id, handle)
               JOIN creators_place p ON p.id = a.place_id
               JOIN users_user u ON lower(u.handle) = lower(a.handle)
               LEFT JOIN gifts_boardwish w ON w.person_id = u.id AND w.place_id = a.place_id""",
            [array(place for place, _ in pairs), array(handle for _, handle in pairs)],
        )
        for place, handle, listed, amount in cursor.fetchall():
            found[place][handle] = Wishes(listed=listed, amount=amount)
    return found


def is_on_board(person: User, place_id: int) -> bool:
    """Whether this person wants to be on the board of a place."""
    wish = BoardWish.objects.filter(person=person, place=place_id).first()
    return not (wish.hidden if wish else person.hide_on_boards)


def tally_of(place_id: int) -> RoomTally:
    """What was counted of a room's audience; nothing, unsaved, where nobody came."""
    return RoomTally.objects.filter(pk=place_id).first() or RoomTally(place_id=place_id)
