"""No statement of the writer scans a table, also on a database without statistics."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from gifts.actions.goals import set_goal
from gifts.actions.returning import return_gift
from gifts.actions.sending import send_gifts
from gifts.actions.summing import TAKE_FROM_GIVERS, TAKE_FROM_GOALS, TAKE_FROM_SERIES, sum_gifts
from gifts.actions.undoing import undo_gifts
from gifts.models import SentGift
from gifts.orders import UndoOrder
from tests.gifts.make import make_room, make_viewer, new_key, order, send
from tests.gifts.test_counting import count_again
from users.actions.own_limits import set_own_limit
from wallets import locks
from wallets.statements import run

pytestmark = pytest.mark.usefixtures("economy")
# A row or a handful, whatever the size of the site.
SMALL = {"wallets_ledgerday", "wallets_switch"}


def scanned(plan: list[tuple]) -> set[str]:
    """The tables that a plan walks from end to end, by themselves or along an index."""
    lines = [line for (line,) in plan if "Disabled: true" not in line]
    walked = set()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        found = re.search(r"(Seq|Index|Index Only) Scan .*?on (\w+)", line)
        if found and (found[1] == "Seq" or "Index Cond" not in following):
            walked.add(found[2])
    return walked - SMALL


class Plans:
    """Explains what Django's cursors run within a transaction."""

    def __init__(self) -> None:
        self.explained = 0
        self.scans: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if connection.in_atomic_block and re.match(r"\s*(SELECT|INSERT|UPDATE|WITH)\b", sql):
            execute(f"EXPLAIN {sql}", params, many, context)
            found = scanned(context["cursor"].fetchall())
            self.explained += 1
            self.scans += [f"{table}: {' '.join(sql.split())[:100]}" for table in sorted(found)]
        return execute(sql, params, many, context)


def plans_of_prepared() -> dict[str, set[str]]:
    """By statement that this connection has prepared: what its plan for any values scans, in a
    transaction of the writer."""
    with transaction.atomic(), connection.cursor() as cursor:
        locks.begin()
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(
            "SELECT name, statement, parameter_types::text[] FROM pg_prepared_statements"
        )
        found = {}
        for name, statement, types in cursor.fetchall():
            values = ", ".join(f"NULL::{kind}" for kind in types)
            cursor.execute(f'EXPLAIN EXECUTE "{name}"' + (f" ({values})" if values else ""))
            found[" ".join(statement.split())] = scanned(cursor.fetchall())
        return found


def test_gifts_and_undos_are_looked_up_by_key() -> None:
    room, viewers = make_room(), [make_viewer(1_000) for _ in range(3)]
    set_own_limit(viewers[0], asset="coins", period="week", most=500)
    plans = Plans()
    with connection.execute_wrapper(plans):
        sent = send_gifts([order(viewer, room) for viewer in viewers])
        [undone] = undo_gifts(
            [UndoOrder(sender_id=viewers[0].pk, key=new_key(), gift_id=sent[0].operation)]
        )
    assert undone.done
    assert plans.explained > 5
    assert plans.scans == []
    prepared = plans_of_prepared()
    assert len(prepared) > 15
    assert {statement: found for statement, found in prepared.items() if found} == {}


def test_what_comes_back_leaves_the_sums_by_key() -> None:
    room, viewer = make_room(), make_viewer(100)
    owner = room.place.creator.user
    set_goal(actor=owner, place_id=room.pk, title="A lamp", target=50)
    sent = send(viewer, room)
    SentGift.objects.filter(pk=sent.operation).update(undo_until=F("created"))
    count_again(room)
    sum_gifts(room.pk)
    assert sent.operation is not None
    return_gift(actor=owner, gift_id=sent.operation, key=new_key())
    prepared = plans_of_prepared()
    for statement in (TAKE_FROM_GIVERS, TAKE_FROM_SERIES, TAKE_FROM_GOALS):
        start = " ".join(statement.split())[:40]
        [plan] = [found for sql, found in prepared.items() if sql.startswith(start)]
        assert plan == set()


def test_a_statement_that_scans_is_seen() -> None:
    """The negative control."""
    plans = Plans()
    statement = "SELECT count(*) FROM wallets_transfer WHERE amount > 5"
    with connection.execute_wrapper(plans), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert plans.scans == [f"wallets_transfer: {statement}"]
    run(statement)
    assert plans_of_prepared()[statement] == {"wallets_transfer"}
