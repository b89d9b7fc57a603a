"""How much of the tables is read, which says what a page costs however fast the machine is."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection

from tests.conftest import owner_url


class RowsRead:
    """Counts by table the rows that statements of Django's cursors take, wanted or not."""

    def __init__(self) -> None:
        self.of: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("SELECT"):
            execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params, many, context)
            [(plan,)] = context["cursor"].fetchall()
            plan = json.loads(plan) if isinstance(plan, str) else plan
            self._count(plan[0]["Plan"])
        return execute(sql, params, many, context)

    def _count(self, node: dict[str, Any]) -> None:
        if "Relation Name" in node:
            left_out = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
            rows = node["Actual Rows"] + sum(node.get(name, 0) for name in left_out)
            self.of[node["Relation Name"]] += round(rows * node["Actual Loops"])
        for inner in node.get("Plans", ()):
            self._count(inner)


def analyze() -> None:
    """Statistics as autovacuum would have made them; the tables' owner may."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(owner_url(name), autocommit=True) as owner:
        owner.execute("ANALYZE")


def rows_read(work: Callable[[], object]) -> int:
    counter = RowsRead()
    with connection.execute_wrapper(counter):
        work()
    return counter.of.total()
