"""What the demo bar shows of a visit."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from gifteconomy.demo.models import Visit
from gifteconomy.demo.roles import LABELS, Role, role_of
from gifteconomy.demo.steps import done_in, gift_to_see, next_step, steps_of
from users.models import User

ICONS = {
    Role.VIEWER: "user",
    Role.FAN: "heart",
    Role.CREATOR: "star",
    Role.STAFF: "key",
    Role.COLLEAGUE: "users",
}


def bar_context(*, visit: Visit | None, user: Any, at: str) -> dict[str, Any]:
    """The steps, how to go on, and who one is; `version` changes when any of it does."""
    done = done_in(visit)
    steps = steps_of(done, user)
    now = role_of(user) if isinstance(user, User) else None
    ahead = next_step(steps)
    gift = gift_to_see(done)
    shown: list[Any] = [*((step.done, step.hint, step.way) for step in steps), now, at, gift]
    return {
        "steps": steps,
        "next": ahead,
        # Where the step is taken there is nowhere to go, but to another window.
        "is_there": ahead is not None
        and not ahead.way.role
        and not ahead.way.new_window
        and at == _path(ahead.way.url),
        # Everything is done: the payment can still be watched.
        "last": None if ahead else steps[-1],
        "done_count": sum(step.done for step in steps),
        "roles": [
            {"role": role, "label": LABELS[role], "icon": ICONS[role], "current": role == now}
            for role in Role
        ],
        "at": at,
        "gift": gift,
        "version": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    }


def _path(url: str) -> str:
    return urlsplit(url).path
