"""Following a creator."""

from creators.errors import Banned, NotCreator
from creators.models import Creator, Follow
from creators.selectors.moderation import is_banned
from users.errors import Blocked, OwnAccount
from users.models import User
from users.selectors import is_blocked


def follow(*, follower: User, creator: User) -> Follow:
    """Follow a creator; doing it again changes nothing.

    Raises OwnAccount, NotCreator, Blocked or Banned.
    """
    if follower.pk == creator.pk:
        raise OwnAccount()
    if not Creator.objects.filter(pk=creator.pk).exists():
        raise NotCreator()
    if is_blocked(follower, creator):
        raise Blocked()
    if is_banned(follower.pk, creator.pk):
        raise Banned()
    return Follow.objects.get_or_create(follower=follower, creator_id=creator.pk)[0]


def unfollow(*, follower: User, creator: User) -> None:
    """No longer follow; doing it again changes nothing."""
    Follow.objects.filter(follower=follower, creator=creator.pk).delete()
