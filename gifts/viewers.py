"""What viewers are told about themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from creators.selectors.moderation import bans_now
from gifts.events import person
from gifts.models import UndoDay
from gifts.rules import confirm_from, rules, undo_seconds_of
from users.models import Block, User
from users.selectors import blocked_by
from wallets.limits import local_day
from wallets.models import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """What a viewer's own page knows of its person."""

    active: bool
    # Whose rooms are closed to this person, by a ban or a block.
    kept_out_by: frozenset[int]
    message: dict[str, Any]


def viewers_own(user_ids: Sequence[int]) -> dict[int, Me]:
    """What the snapshots of these people say about themselves, in a few statements for all."""
    wallets = {
        account.owner_id: account
        for account in Account.objects.filter(
            owner_id__in=user_ids, kind=Account.Kind.WALLET, ref=""
        )
    }
    undos = dict(
        UndoDay.objects.filter(user_id__in=user_ids, day=local_day(timezone.now())).values_list(
            "user_id", "undos"
        )
    )
    shut: dict[int, set[int]] = {}
    bans = bans_now().filter(person__in=user_ids).values_list("person_id", "creator_id")
    # Staff go where they work, whoever blocked them.
    blocks = Block.objects.filter(blocked__in=user_ids, blocked__is_staff=False)
    for person_id, creator_id in (*bans, *blocks.values_list("blocked_id", "blocker_id")):
        shut.setdefault(person_id, set()).add(creator_id)
    blocked = blocked_by(user_ids)
    return {
        user.pk: Me(
            active=user.is_active,
            kept_out_by=frozenset(shut.get(user.pk, ())),
            message=person(user)
            | {
                "coins": wallets[user.pk].spendable,
                "pseq": wallets[user.pk].debits_posted + wallets[user.pk].credits_posted,
                "undo_left_today": max(0, settings.UNDO_PER_DAY - undos.get(user.pk, 0)),
                "undo_seconds": undo_seconds_of(user, rules()),
                "confirm_from_coins": confirm_from(user, rules()),
                "blocked": blocked[user.pk],
            },
        )
        for user in User.objects.filter(pk__in=user_ids)
    }
