"""What is kept of the people of a room: their wishes for its board, how many came, their likes."""

from collections.abc import Mapping

from django.db import connection, transaction

from gifts.models import BoardWish
from gifts.rooms import bus
from users.models import User
from wallets.statements import array


def wish_for_board(*, person: User, place_id: int, hidden: bool) -> None:
    """Be on the board of this place, or not, whatever the preferences say. Rooms follow at once."""
    BoardWish.objects.update_or_create(
        person=person, place_id=place_id, defaults={"hidden": hidden}
    )
    transaction.on_commit(lambda: bus.call_hubs(place_id), robust=True)


def keep_tallies(tallies: Mapping[int, tuple[int, int, int]]) -> None:
    """Keep (likes, most viewers at once, people) by place. Numbers only rise, whoever writes."""
    rows = [(place, *numbers) for place, numbers in sorted(tallies.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO gifts_roomtally AS t (place_id, likes, viewers_peak, people)
               SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[])
               ON CONFLICT (place_id) DO UPDATE
               SET likes = greatest(t.likes, excluded.likes),
                   viewers_peak = greatest(t.viewers_peak, excluded.viewers_peak),
                   people = greatest(t.people, excluded.people)""",
            [array(row[i] for row in rows) for i in range(4)],
        )
