"""What waits for staff today: counted on the admin's first page, each part for who may see it.

An admin class says in `waiting` which of its rows wait (`users.staff.ReasonedActions`).
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count, Min, Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from users.models import User


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Rows of one table that somebody must look at."""

    label: Any
    # The rows, and the same choice as a query of the table's list page.
    rows: Callable[[], QuerySet[Any]]
    query: dict[str, str]
    # The column that says since when a row waits.
    since: str = "created"


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A `Waiting` as it is now; `oldest` is empty when nothing waits."""

    label: Any
    count: int
    oldest: datetime.datetime | None
    url: str


_registered: dict[tuple[type[Model], int], tuple[str, Waiting]] = {}


def register(model: type[Model], site: AdminSite, waiting: list[Waiting]) -> None:
    """Show these on the first page of `site`; called by the admin class of `model`."""
    for number, part in enumerate(waiting):
        _registered[model, number] = (site.name, part)


def queues_of(user: User) -> list[Queue]:
    """What this person may see of what waits."""
    found = []
    for (model, _), (site, part) in _registered.items():
        opts = model._meta
        if not user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            continue
        now = part.rows().aggregate(count=Count("pk"), oldest=Min(part.since))
        url = reverse(f"{site}:{opts.app_label}_{opts.model_name}_changelist")
        found.append(Queue(label=part.label, url=f"{url}?{urlencode(part.query)}", **now))
    return found
