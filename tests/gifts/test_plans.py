"""No statement of the writer scans a table, also on a database without statistics."""

import re
from typing import Any

import pytest
from django.db import connection

from gifts.actions.sending import send_gifts
from gifts.actions.undoing import undo_gifts
from gifts.orders import UndoOrder
from tests.gifts.make import make_room, make_viewer, new_key, order
from users.actions.own_limits import set_own_limit

pytestmark = pytest.mark.usefixtures("economy")
# A row or a handful, whatever the size of the site.
SMALL = {"wallets_ledgerday", "wallets_switch"}


class Plans:
    """Explains every statement between the transaction's first and its end."""

    def __init__(self) -> None:
        self.explained = 0
        self.scans: list[str] = []
        self._inside = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "gifteconomy.began" in sql:
            result = execute(sql, params, many, context)
            self._inside = True
            return result
        if self._inside and re.match(r"\s*(SELECT|INSERT|UPDATE|WITH)\b", sql):
            execute(f"EXPLAIN {sql}", params, many, context)
            plan = "\n".join(row[0] for row in context["cursor"].fetchall())
            self.explained += 1
            found = set(re.findall(r"Seq Scan on (\w+)", plan)) - SMALL
            self.scans += [f"{table}: {' '.join(sql.split())[:100]}" for table in sorted(found)]
        return execute(sql, params, many, context)


def test_gifts_and_undos_are_looked_up_by_key() -> None:
    room, viewers = make_room(), [make_viewer(1_000) for _ in range(3)]
    set_own_limit(viewers[0], asset="coins", period="week", most=500)
    plans = Plans()
    with connection.execute_wrapper(plans):
        sent = send_gifts([order(viewer, room) for viewer in viewers])
    assert plans.explained > 10
    plans._inside = False
    with connection.execute_wrapper(plans):
        [undone] = undo_gifts(
            [UndoOrder(sender_id=viewers[0].pk, key=new_key(), gift_id=sent[0].operation)]
        )
    assert undone.done
    assert plans.explained > 20
    assert plans.scans == []


def test_a_statement_that_scans_is_seen() -> None:
    """The negative control."""
    plans = Plans()
    plans._inside = True
    with connection.execute_wrapper(plans), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM wallets_transfer WHERE amount > 5")
    assert plans.scans == [
        "wallets_transfer: SELECT count(*) FROM wallets_transfer WHERE amount > 5"
    ]
