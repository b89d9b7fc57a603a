"""Who does not want to meet whom.

`require_not_blocked` is the one rule for what two people do with each other one by one: following
and comments. Chat and gifts judge the same pair in the statements in which they judge the rest
(`creators.selectors.moderation.STANDING`, `gifts.rows`).
"""

from django.db import transaction

from users import events, locks
from users.errors import Blocked, ListFull, Yourself
from users.models import Block, User
from users.selectors import is_blocked

MOST_BLOCKS = 1_000


def require_not_blocked(one: User, other: User) -> None:
    """Raises `Blocked` when either of the two has blocked the other, and does not say which."""
    if is_blocked(one, other):
        raise Blocked()


def block(*, blocker: User, blocked: User) -> Block:
    """Block somebody. Doing it again changes nothing. Locks both people.

    Follows between them end, and the blocked person is out of the blocker's rooms
    (`users.events`). Raises `Yourself` or `ListFull`.
    """
    if blocker.pk == blocked.pk:
        raise Yourself()
    with transaction.atomic():
        locks.lock_users(blocker.pk, blocked.pk)
        made = Block.objects.filter(blocker=blocker)
        if found := made.filter(blocked=blocked).first():
            return found
        if made.count() >= MOST_BLOCKS:
            raise ListFull(most=MOST_BLOCKS)
        row = Block.objects.create(blocker=blocker, blocked=blocked)
        events.person_blocked(blocker.pk, blocked.pk)
    return row


def unblock(*, blocker: User, blocked: User) -> None:
    """Take a block back; nothing happens where there is none. What it ended stays ended."""
    with transaction.atomic():
        if Block.objects.filter(blocker=blocker, blocked=blocked).delete()[0]:
            events.person_unblocked(blocker.pk, blocked.pk)
