"""Creators, streams, earnings and withdrawals that tests start from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from creators.actions import NewEarning, record_earnings
from creators.actions.applying import open_accounts
from creators.actions.payout_methods import set_payout_method
from creators.actions.withdrawals import request_withdrawal
from creators.models import Creator, Earning, Place, Stream, Withdrawal
from creators.selectors.payouts import withdrawal_quote
from tests.make import make_user
from tests.wallets import economy
from users.models import User
from wallets.actions.accounts import Spec, account_ids, system, wallet_of
from wallets.actions.clearing import sweep_clearing
from wallets.models import COIN, Account, Transfer, diamond
from wallets.selectors.balances import diamonds_of
from wallets.selectors.prices import rate_card
from wallets.writer import Ask, Done, Outcome, post_one

_numbers = count(1)


def make_creator(user: User | None = None, state: str = Creator.State.APPROVED) -> Creator:
    creator = Creator.objects.create(
        user=user or make_user(),
        state=state,
        state_reason="Told so." if state == Creator.State.SUSPENDED else "",
        rate_card=rate_card(),
        rules_version="1",
        accepted_at=timezone.now(),
        approved_at=timezone.now() if state == Creator.State.APPROVED else None,
    )
    open_accounts([creator.pk])
    return creator


def make_stream(creator: Creator | None = None, title: str = "Evening songs") -> Stream:
    place = Place.objects.create(creator=creator or make_creator(), kind=Place.Kind.STREAM)
    return Stream.objects.create(place=place, title=title, started=timezone.now())


class EarningGift(economy.PlainGift):
    """A gift that writes its earning row, as gifts of the catalogue do."""

    def write(self, done: Sequence[Done]) -> None:
        record_earnings(
            [
                NewEarning(
                    operation_id=item.draft.operation,
                    clears_at=item.draft.transfers[1].clears_at,
                    created=item.draft.now,
                    **dict(item.ask.content[0]),
                )
                for item in done
            ]
        )


GIFT = EarningGift()


def give(
    supporter: User,
    stream: Stream,
    coins: int,
    *,
    gift: str = "Lantern",
    series: int = 1,
    now: datetime | None = None,
) -> Outcome:
    """Recharge just enough and send it as one gift to a stream."""
    economy.recharge(supporter, coins)
    creator_id = stream.place.creator_id
    specs = {
        "wallet": wallet_of(supporter.pk),
        "spent": system(Account.Kind.SPENT, COIN),
        "earned": system(Account.Kind.EARNED, diamond(series)),
        "clearing": Spec(creator_id, Account.Kind.CLEARING, diamond(series)),
    }
    ids = account_ids(list(specs.values()))
    row = {
        "creator_id": creator_id,
        "place_id": stream.pk,
        "supporter_id": supporter.pk,
        "source_id": len(gift),
        "source_name": gift,
        "quantity": 1,
        "coins": coins,
        "diamonds": coins,
        "series": series,
    }
    return post_one(
        Ask(
            kind=GIFT,
            actor=supporter.pk,
            key=f"gift-{next(_numbers)}",
            accounts=list(ids.values()),
            content=[sorted(row.items())],
            data={name: ids[spec] for name, spec in specs.items()}
            | {"coins": coins, "diamonds": coins},
        ),
        now=now,
    )


def earn(creator: Creator, diamonds: int, *, series: int = 1) -> None:
    """Earned long ago and cleared since."""
    place, _ = Place.objects.get_or_create(creator=creator, kind=Place.Kind.STREAM, open=True)
    stream, _ = Stream.objects.get_or_create(
        place=place, defaults={"title": "Long ago", "started": timezone.now()}
    )
    earlier = Earning.objects.filter(creator_id=creator.pk).count()
    then = timezone.now() - timedelta(days=1_000 - 10 * earlier)
    give(make_user(), stream, diamonds, series=series, now=then)
    sweep_clearing(user_id=creator.pk, asset=diamond(series), now=then + timedelta(days=8))


def make_paid_creator(diamonds: int = 0) -> Creator:
    """A creator who can withdraw: with a payout method in effect and cleared diamonds."""
    creator = make_creator()
    method = set_payout_method(
        creator_id=creator.pk, payee_name="Ada Lin", instructions="IBAN AT61 1904 3002 3457 3201"
    )
    # Rows never change; one that was entered long ago is made instead.
    type(method).objects.create(
        creator=creator,
        rail="manual",
        payee_name="Ada Lin",
        instructions="IBAN AT61 1904 3002 3457 3201",
        created=timezone.now() - timedelta(days=30),
        takes_effect=timezone.now() - timedelta(days=28),
    )
    if diamonds:
        earn(creator, diamonds)
    return creator


def ask_for(creator: Creator, diamonds: int, *, key: str = "") -> Withdrawal:
    """A withdrawal as the page asks for it."""
    plan = withdrawal_quote(creator.pk).plan(diamonds)
    outcome = request_withdrawal(
        creator_id=creator.pk,
        diamonds=diamonds,
        shown_minor=plan.paid_minor,
        key=key or f"withdrawal-{next(_numbers)}",
    )
    return Withdrawal.objects.get(public_id=outcome.details["withdrawal"])


def diamonds_now(creator: Creator) -> tuple[int, int, int, int]:
    """(clearing, available, on hold, held) over all series."""
    held = diamonds_of(creator.pk)
    return (
        sum(d.clearing for d in held),
        sum(d.available for d in held),
        sum(d.on_hold for d in held),
        sum(d.held for d in held),
    )


def money_now() -> dict[str, int]:
    """Balances of the system's money accounts that are not 0."""
    accounts = Account.objects.filter(owner=None).exclude(asset=COIN)
    return {
        str(account): account.balance
        for account in accounts.exclude(asset__startswith="DIAMOND").order_by("pk")
        if account.balance
    }


def transfer_count() -> int:
    return Transfer.objects.count()
