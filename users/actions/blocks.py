"""Who does not want to meet whom."""

from users.errors import OwnAccount
from users.models import Block, User


def block(*, blocker: User, blocked: User) -> Block:
    """Block somebody. Doing it again changes nothing. Raises `OwnAccount`."""
    if blocker.pk == blocked.pk:
        raise OwnAccount()
    return Block.objects.get_or_create(blocker=blocker, blocked=blocked)[0]


def unblock(*, blocker: User, blocked: User) -> None:
    Block.objects.filter(blocker=blocker, blocked=blocked).delete()
