"""Freezing: of a person's accounts, and of diamonds that something is wrong with."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from users.errors import AlreadySo
from users.models import User
from wallets import rows
from wallets.actions.accounts import Spec, account_ids
from wallets.books import Books, Draft
from wallets.errors import AlreadyResolved, NoFreeze, NothingToTakeBack, WalletNeeded
from wallets.models import Account, Transfer
from wallets.spans import free_spans
from wallets.writer import Ask, Kind, Outcome, post_one


class FreezeUser(Kind):
    """Sets can_debit and can_credit on all accounts of a user."""

    name = "freeze_user"

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        can_debit, can_credit = ask.data
        before = [draft.account(id) for id in ask.accounts]
        was = {"can_debit": before[0].can_debit, "can_credit": before[0].can_credit}
        for id in ask.accounts:
            account = draft.change_account(id)
            account.can_debit, account.can_credit = can_debit, can_credit
        return {"before": was, "after": {"can_debit": can_debit, "can_credit": can_credit}}


FREEZE_USER = FreezeUser()


def freeze_user(
    *, user_id: int, can_debit: bool, can_credit: bool, staff_id: int, reason: str, key: str
) -> Outcome:
    """Say what a person may ask for: spend (`can_debit`), receive (`can_credit`).

    Locks all of the user's accounts. It binds what people ask for; disputes, reversals, returns
    from escrow and clearing still move.
    """
    accounts = list(
        Account.objects.filter(owner=user_id).order_by("id").values_list("id", flat=True)
    )
    return post_one(
        Ask(
            kind=FREEZE_USER,
            actor=staff_id,
            key=key,
            accounts=accounts,
            content=[user_id, can_debit, can_credit],
            data=(can_debit, can_credit),
            reason=reason,
        )
    )


def freeze_owner(
    account: Account, *, can_debit: bool, can_credit: bool, staff: User, reason: str, key: str
) -> Outcome:
    """`freeze_user` for whom an account belongs to. Refuses with WalletNeeded or AlreadySo."""
    if account.owner_id is None:
        raise WalletNeeded()
    if (account.can_debit, account.can_credit) == (can_debit, can_credit):
        raise AlreadySo()
    return freeze_user(
        user_id=account.owner_id,
        can_debit=can_debit,
        can_credit=can_credit,
        staff_id=staff.pk,
        reason=reason,
        key=key,
    )


class FreezeGift(Kind):
    """Moves a gift's uncleared diamonds to `held`, with a reason."""

    name = "freeze"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.facts[self.name] = _gift_transfers(ask.data[0] for ask in asks)

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        operation, held = ask.data
        coin, diamond = draft.books.facts[self.name][operation]
        left = coin.amount - sum(end - first for first, end in coin.taken)
        if not left or draft.is_cleared(diamond.credit, diamond.clears_at):
            raise NothingToTakeBack()
        diamonds = left * (diamond.amount // coin.amount)
        spans = free_spans(coin.amount, coin.taken)
        moved = draft.move(
            diamond.credit,
            held,
            diamonds,
            "freeze",
            clears_at=diamond.clears_at,
            reverses=diamond.id,
        )
        draft.take_back(
            coin.id, spans, why="freeze", ref=str(moved.id), state="held", code=coin.code
        )
        return {"diamonds": diamonds, "freeze": str(moved.id)}


FREEZE_GIFT = FreezeGift()


def freeze_gift(*, operation_id: UUID, staff_id: int, reason: str, key: str) -> Outcome:
    """Hold a gift's uncleared diamonds. Refused when they are cleared or came back."""
    coin, diamond = _gift_transfers([operation_id])[operation_id]
    account = Account.objects.get(pk=diamond.credit)
    held = Spec(account.owner_id, Account.Kind.HELD, account.asset)
    return post_one(
        Ask(
            kind=FREEZE_GIFT,
            actor=staff_id,
            key=key,
            accounts=[diamond.credit, *account_ids([held]).values()],
            content=[operation_id],
            data=(operation_id, account_ids([held])[held]),
            reason=reason,
        )
    )


class EndFreeze(Kind):
    """Ends a freeze: released to the creator, or taken."""

    name = "freeze_end"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        freezes = [ask.data[0] for ask in asks]
        books.facts[self.name] = {
            freeze: rows.read_transfers("t.id = %s", [freeze])[0] for freeze in freezes
        } | {
            (freeze, "ended"): rows.read_transfers(
                "t.reverses = %s AND t.code IN ('released', 'taken')", [freeze]
            )
            for freeze in freezes
        }

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        freeze_id, available, earned, taken = ask.data
        facts = draft.books.facts[self.name]
        freeze = facts[freeze_id]
        if facts[freeze_id, "ended"]:
            raise AlreadyResolved(state=facts[freeze_id, "ended"][0].code)
        if taken:
            draft.move(freeze.credit, earned, freeze.amount, "taken", reverses=freeze.id)
        elif draft.is_cleared(freeze.debit, freeze.clears_at):
            draft.move(freeze.credit, available, freeze.amount, "released", reverses=freeze.id)
        else:
            draft.move(
                freeze.credit,
                freeze.debit,
                freeze.amount,
                "released",
                clears_at=freeze.clears_at,
                reverses=freeze.id,
            )
        draft.settle_taken_back(
            why="freeze", ref=str(freeze.id), state="final" if taken else "released"
        )
        return {"diamonds": freeze.amount, "taken": taken}


END_FREEZE = EndFreeze()


def end_freeze(*, freeze_id: UUID, taken: bool, staff_id: int, reason: str, key: str) -> Outcome:
    """End a freeze of diamonds by its transfer. Locks held, clearing and available."""
    freeze = rows.read_transfers("t.id = %s AND t.code = 'freeze'", [freeze_id])[0]
    account = Account.objects.get(pk=freeze.debit)
    available = Spec(account.owner_id, Account.Kind.AVAILABLE, account.asset)
    earned = Spec(None, Account.Kind.EARNED, account.asset)
    ids = account_ids([available, earned])
    return post_one(
        Ask(
            kind=END_FREEZE,
            actor=staff_id,
            key=key,
            accounts=[freeze.debit, freeze.credit, *ids.values()],
            content=[freeze_id, taken],
            data=(freeze_id, ids[available], ids[earned], taken),
            reason=reason,
        )
    )


def end_hold(transfer: Transfer, *, taken: bool, staff: User, reason: str, key: str) -> Outcome:
    """`end_freeze` by its transfer's row. Refuses with NoFreeze or AlreadyResolved."""
    if transfer.code != FREEZE_GIFT.name:
        raise NoFreeze()
    return end_freeze(freeze_id=transfer.pk, taken=taken, staff_id=staff.pk, reason=reason, key=key)


def _gift_transfers(operations) -> dict[UUID, tuple[rows.Written, rows.Written]]:
    return {operation: rows.read_gift(operation) for operation in operations}
