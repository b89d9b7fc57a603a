"""Following a creator."""

from django.db import transaction

from creators.errors import Banned, NotCreator
from creators.models import Creator, Follow
from creators.selectors.moderation import is_banned
from users.actions.blocks import require_not_blocked
from users.errors import OwnAccount
from users.locks import lock_users
from users.models import User


def follow(*, follower: User, creator: User) -> Follow:
    """Follow a creator; doing it again changes nothing. Locks both people.

    Raises OwnAccount, NotCreator, Blocked or Banned.
    """
    if follower.pk == creator.pk:
        raise OwnAccount()
    if not Creator.objects.filter(pk=creator.pk).exists():
        raise NotCreator()
    with transaction.atomic():
        # As blocking does, so that no follow is left beside a block.
        lock_users(follower.pk, creator.pk)
        require_not_blocked(follower, creator)
        if is_banned(follower.pk, creator.pk):
            raise Banned()
        return Follow.objects.get_or_create(follower=follower, creator_id=creator.pk)[0]


def unfollow(*, follower: User, creator: User) -> None:
    """No longer follow; doing it again changes nothing."""
    Follow.objects.filter(follower=follower, creator=creator.pk).delete()
