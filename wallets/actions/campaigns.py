"""Campaigns as the ledger sees them: coins in escrow, charged piece by piece, the rest returned."""

from collections.abc import Sequence
from typing import Any

from wallets import movements, rows
from wallets.actions.accounts import Spec, account_ids, system, wallet_of
from wallets.books import Books, Draft
from wallets.errors import NothingDue
from wallets.models import COIN, NOBODY, Account
from wallets.writer import Ask, Kind, Outcome, post_one


class StartCampaign(Kind):
    """Coins go into a campaign's escrow; also for a top-up."""

    name = "campaign"
    by_person = True

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        wallet, escrow, coins = ask.data
        movements.campaign_start(draft, wallet=wallet, escrow=escrow, coins=coins)
        return {"coins": coins}


class ReadsEscrow(Kind):
    """Reads what an escrow account holds, by its history."""

    def read(self, asks: Sequence[Ask], books: Books) -> None:
        facts = {}
        for ask in asks:
            escrow = ask.data[0]
            facts[escrow] = rows.read_transfers(
                "t.debit_account_id = %s OR t.credit_account_id = %s", [escrow, escrow]
            )
            books.add_lots(rows.read_lots({lot for item in facts[escrow] for lot, _ in item.parts}))
        books.facts[self.name] = facts


class ChargeCampaign(ReadsEscrow):
    name = "campaign_charge"

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        escrow, spent, coins = ask.data
        history = draft.books.facts[self.name][escrow]
        movements.campaign_charge(draft, escrow=escrow, spent=spent, coins=coins, history=history)
        return {"coins": coins}


class EndCampaign(ReadsEscrow):
    name = "campaign_rest"

    def judge(self, ask: Ask, draft: Draft) -> dict[str, Any]:
        escrow, wallet = ask.data
        history = draft.books.facts[self.name][escrow]
        coins = movements.campaign_rest(draft, escrow=escrow, wallet=wallet, history=history)
        if not coins:
            raise NothingDue()
        return {"coins": coins}


START_CAMPAIGN = StartCampaign()
CHARGE_CAMPAIGN = ChargeCampaign()
END_CAMPAIGN = EndCampaign()


def escrow_of(user_id: int, campaign: str) -> Spec:
    return Spec(user_id, Account.Kind.ESCROW, COIN, f"campaign:{campaign}")


def start_campaign(*, user_id: int, campaign: str, coins: int, key: str) -> Outcome:
    """Put `coins` into the campaign's escrow. Refuses with InsufficientCoins or Frozen."""
    wallet, escrow = wallet_of(user_id), escrow_of(user_id, campaign)
    ids = account_ids([wallet, escrow])
    return post_one(
        Ask(
            kind=START_CAMPAIGN,
            actor=user_id,
            key=key,
            accounts=list(ids.values()),
            content=[campaign, coins],
            data=(ids[wallet], ids[escrow], coins),
        )
    )


def charge_campaign(*, user_id: int, campaign: str, batch: int, coins: int) -> Outcome:
    """Spend `coins` of the escrow for one batch of impressions, once per batch."""
    escrow, spent = escrow_of(user_id, campaign), system(Account.Kind.SPENT, COIN)
    ids = account_ids([escrow, spent])
    return post_one(
        Ask(
            kind=CHARGE_CAMPAIGN,
            actor=NOBODY,
            key=f"campaign:{campaign}:{batch}",
            accounts=list(ids.values()),
            content=[campaign, batch, coins],
            data=(ids[escrow], ids[spent], coins),
        )
    )


def end_campaign(*, user_id: int, campaign: str) -> Outcome:
    """Return what is left in escrow to its lots, once. Raises NothingDue when nothing is."""
    escrow, wallet = escrow_of(user_id, campaign), wallet_of(user_id)
    ids = account_ids([escrow, wallet])
    return post_one(
        Ask(
            kind=END_CAMPAIGN,
            actor=NOBODY,
            key=f"campaign_rest:{campaign}",
            accounts=list(ids.values()),
            content=[campaign],
            data=(ids[escrow], ids[wallet]),
        )
    )
