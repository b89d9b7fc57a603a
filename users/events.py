"""What other apps do when somebody blocks somebody, is shut out of the site, or is signed out.

They register here, in their `AppConfig.ready`. Hooks run in the transaction that does it, after its
rows are written; what leaves the process goes through `transaction.on_commit`.
"""

from collections.abc import Callable

# The blocker's id and the blocked person's.
BlockHook = Callable[[int, int], None]
PersonHook = Callable[[int], None]

_blocked: list[BlockHook] = []
_unblocked: list[BlockHook] = []
_deactivated: list[PersonHook] = []
_signed_out: list[PersonHook] = []


def when_person_is_blocked(hook: BlockHook) -> None:
    if hook not in _blocked:
        _blocked.append(hook)


def when_person_is_unblocked(hook: BlockHook) -> None:
    if hook not in _unblocked:
        _unblocked.append(hook)


def when_person_is_deactivated(hook: PersonHook) -> None:
    """Staff closed the account: what the person has under way ends."""
    if hook not in _deactivated:
        _deactivated.append(hook)


def when_sessions_end(hook: PersonHook) -> None:
    """The person was signed out of every browser."""
    if hook not in _signed_out:
        _signed_out.append(hook)


def person_blocked(blocker_id: int, blocked_id: int) -> None:
    for hook in _blocked:
        hook(blocker_id, blocked_id)


def person_unblocked(blocker_id: int, blocked_id: int) -> None:
    for hook in _unblocked:
        hook(blocker_id, blocked_id)


def person_deactivated(person_id: int) -> None:
    for hook in _deactivated:
        hook(person_id)


def sessions_ended(person_id: int) -> None:
    for hook in _signed_out:
        hook(person_id)
