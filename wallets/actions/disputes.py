"""Disputes as the ledger sees them: money withdrawn by a provider, then won or lost."""

from collections.abc import Callable, Sequence
from typing import Any

from wallets import movements, rows
from wallets.actions.accounts import Spec, account_ids, system, wallet_of
from wallets.books import Books, Draft
from wallets.errors import AlreadyResolved, NeedsMoreAccounts
from wallets.models import COIN, NOBODY, Account, Lot, Operation, TakenBack
from wallets.movements.disputes import WHY, DisputeAccounts, HeldGift, Taken
from wallets.statements import array
from wallets.writer import Ask, Kind, Outcome, post_one

TRIES = 8


class WithdrawDispute(Kind):
    """The provider took the money: coins and uncleared diamonds are held."""

    name = "dispute"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        books.add_lots(rows.read_lots([ask.data["lot"] for ask in asks]))
        facts = {}
        for ask in asks:
            accounts: DisputeAccounts = ask.data["accounts"]
            facts[ask.data["ref"]] = gifts = gifts_of_lot(accounts.wallet, ask.data["lot"])
            unlocked = {diamond.credit for _, diamond in gifts} - set(accounts.held)
            if unlocked:
                raise NeedsMoreAccounts(unlocked)
        books.facts[self.name] = facts

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        taken = movements.dispute_withdrawn(
            draft,
            ask.data["accounts"],
            ref=ask.data["ref"],
            lot=ask.data["lot"],
            money=ask.data["money"],
            fee=ask.data["fee"],
            gifts=draft.books.facts[self.name][ask.data["ref"]],
        )
        return {name: getattr(taken, name) for name in Taken.__slots__}


class EndDispute(Kind):
    """The dispute is won or lost: what was held goes back, or leaves for good."""

    name = "dispute_end"

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        facts = {}
        for ask in asks:
            held = held_gifts(ask.data["ref"])
            lots = {lot for item in held for lot, _ in item.coin.parts}
            books.add_lots(rows.read_lots(lots | {ask.data["taken"].lot}))
            facts[ask.data["ref"]] = held
        books.facts[self.name] = facts

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        held = draft.books.facts[self.name][ask.data["ref"]]
        taken: Taken = ask.data["taken"]
        if sum(item.coins for item in held) != taken.from_gifts:
            raise AlreadyResolved()
        if ask.data["won"]:
            movements.dispute_won(
                draft,
                ask.data["accounts"],
                taken,
                ref=ask.data["ref"],
                held=held,
                fee_back=ask.data["fee_back"],
            )
        else:
            movements.dispute_lost(
                draft,
                ask.data["accounts"],
                taken,
                ref=ask.data["ref"],
                held=held,
                spent=ask.data["spent"],
            )
        return {"won": ask.data["won"]}


WITHDRAW_DISPUTE = WithdrawDispute()
END_DISPUTE = EndDispute()


def gifts_of_lot(wallet: int, lot: int) -> list[tuple[rows.Written, rows.Written]]:
    """The (coin, diamond) transfers of the wallet's gifts that hold coins of a lot."""
    coins = rows.read_transfers(
        "t.debit_account_id = %s AND t.code = 'gift' AND t.lots @> ARRAY[%s]::bigint[]",
        [wallet, lot],
    )
    diamonds = rows.read_transfers(
        "t.operation_id = ANY(%s::uuid[]) AND t.code = 'gift' AND t.lots IS NULL",
        [array(coin.operation for coin in coins)],
    )
    by_operation = {diamond.operation: diamond for diamond in diamonds}
    return [(coin, by_operation[coin.operation]) for coin in coins]


def held_gifts(ref: str) -> list[HeldGift]:
    """What a dispute holds of gifts, in the order it was held."""
    spans: dict[Any, list[tuple[int, int]]] = {}
    held = TakenBack.objects.filter(why=WHY, ref=ref, state=TakenBack.State.HELD)
    for back in held.order_by("id"):
        spans.setdefault(back.transfer_id, []).append((back.span.lower, back.span.upper))
    coins = rows.read_transfers("t.id = ANY(%s::uuid[])", [array(spans)])
    return [
        HeldGift(coin, rows.read_gift(coin.operation)[1], tuple(spans[coin.id])) for coin in coins
    ]


def withdraw_dispute(*, ref: str, lot_id: int, money: int, fee: int = 0) -> Outcome:
    """A provider withdrew `money` (minor units) over a lot; `ref` is the movement's row.

    Campaigns that hold coins of the lot are stopped before. Locks the wallet, the escrow, the
    cash accounts, and clearing and held of every creator who got coins of the lot.
    """
    lot = Lot.objects.select_related("wallet").get(pk=lot_id)

    def ask(clearing: set[int]) -> Ask:
        accounts, ids = _accounts(lot, ref, clearing)
        return Ask(
            kind=WITHDRAW_DISPUTE,
            actor=NOBODY,
            key=f"dispute:{ref}",
            accounts=ids,
            content=[lot_id, money, fee],
            data={"accounts": accounts, "ref": ref, "lot": lot_id, "money": money, "fee": fee},
        )

    found = {diamond.credit for _, diamond in gifts_of_lot(lot.wallet_id, lot_id)}
    return _post_with_more(ask, found)


def end_dispute(*, operation: Operation, ref: str, won: bool, fee_back: int = 0) -> Outcome:
    """The dispute that `operation` withdrew is won or lost; once per movement."""
    taken = Taken(**operation.details)
    lot = Lot.objects.select_related("wallet").get(pk=taken.lot)
    held = held_gifts(ref)
    accounts, ids = _accounts(lot, ref, {item.diamond.credit for item in held})
    spent = system(Account.Kind.SPENT, COIN)
    earned = {item.diamond.debit for item in held}
    spent_id = account_ids([spent])[spent]
    return post_one(
        Ask(
            kind=END_DISPUTE,
            actor=NOBODY,
            key=f"dispute_end:{ref}",
            accounts=[*ids, spent_id, *earned],
            content=[str(operation.pk), won, fee_back],
            data={
                "accounts": accounts,
                "ref": ref,
                "taken": taken,
                "won": won,
                "fee_back": fee_back,
                "spent": spent_id,
            },
        )
    )


def _post_with_more(ask: Callable[[set[int]], Ask], clearing: set[int]) -> Outcome:
    for _ in range(TRIES):
        try:
            return post_one(ask(clearing))
        except NeedsMoreAccounts as more:
            clearing |= more.accounts
    return post_one(ask(clearing))


def _accounts(lot: Lot, ref: str, clearing: set[int]) -> tuple[DisputeAccounts, list[int]]:
    owner, currency = lot.user_id, lot.currency
    specs = {
        "wallet": wallet_of(owner),
        "escrow": Spec(owner, Account.Kind.ESCROW, COIN, f"dispute:{ref}"),
        "sold": system(Account.Kind.SOLD, COIN),
        "provider": system(Account.Kind.PROVIDER, currency, lot.method),
        "disputed": system(Account.Kind.DISPUTED, currency),
        "fees": system(Account.Kind.FEES, currency),
        "sales": system(Account.Kind.SALES, currency),
        "tax": system(Account.Kind.TAX, currency, lot.tax_country),
        "reserve": system(Account.Kind.RESERVE, currency),
        "losses": system(Account.Kind.LOSSES, currency),
    }
    creators = {account.pk: account for account in Account.objects.filter(pk__in=clearing)}
    beside = {
        (pk, kind): Spec(account.owner_id, kind, account.asset)
        for pk, account in creators.items()
        for kind in (Account.Kind.HELD, Account.Kind.AVAILABLE)
    }
    ids = account_ids([*specs.values(), *beside.values()])
    accounts = DisputeAccounts(
        **{name: ids[spec] for name, spec in specs.items()},
        held={pk: ids[beside[pk, Account.Kind.HELD]] for pk in creators},
        available={pk: ids[beside[pk, Account.Kind.AVAILABLE]] for pk in creators},
    )
    return accounts, [*ids.values(), *creators]
