"""Coins that staff give, within what one of them may give in a day, and their taking back."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from users.models import User
from wallets.actions.coins import GrantCoins, grant_coins, take_back_grant
from wallets.books import Books, Draft
from wallets.errors import AmountRefused, NothingToTakeBack, OverLimit, WalletNeeded
from wallets.models import Account, Lot
from wallets.writer import Ask, Outcome


class StaffGrant(GrantCoins):
    """A grant that counts what the same member of staff gave on this day.

    The account of grants is locked by every grant, so two of them never count past each other.
    """

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        super().read(asks, books)
        day = timezone.localdate(books.now)
        begin = timezone.make_aware(datetime.combine(day, time.min))
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT coalesce(sum((details->>'coins')::bigint), 0) FROM wallets_operation
                   WHERE actor = ANY(%s) AND kind = %s AND outcome = 'done' AND created >= %s""",
                [[ask.actor for ask in asks], self.name, begin],
            )
            books.facts["given_today"] = int(cursor.fetchone()[0])

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        left = settings.STAFF_GRANT_DAILY_COINS - draft.books.facts["given_today"]
        if ask.data[2] > left:
            raise OverLimit(limit="staff_grants", left=max(0, left))
        return super().judge(ask, draft)


STAFF_GRANT = StaffGrant()


def grant_to_wallet(wallet: Account, *, coins: int, staff: User, reason: str, key: str) -> Outcome:
    """Give coins to a wallet's owner. Refuses with WalletNeeded, AmountRefused or OverLimit."""
    if wallet.kind != Account.Kind.WALLET or wallet.owner_id is None:
        raise WalletNeeded()
    if coins < 1:
        raise AmountRefused(smallest=1)
    return grant_coins(
        user_id=wallet.owner_id,
        coins=coins,
        staff_id=staff.pk,
        reason=reason,
        key=key,
        kind=STAFF_GRANT,
    )


def take_back_granted(lot: Lot, *, staff: User, reason: str, key: str) -> Outcome:
    """Take back what is unspent of coins that staff gave; never coins that were paid for."""
    owner = lot.wallet.owner_id
    if lot.method != "grant" or owner is None or not lot.remaining:
        raise NothingToTakeBack()
    return take_back_grant(user_id=owner, lot_id=lot.pk, staff_id=staff.pk, reason=reason, key=key)
