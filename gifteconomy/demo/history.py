"""Carries out a plan through the same actions as everybody, each once however often it is run.

What is asked for has its own key, so a plan whose carrying out was killed is simply carried out
again from the day that was open then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from creators.actions.batches import approve_batch, prepare_batch, send_batch
from creators.actions.settling import close_batch, settle_item
from creators.actions.streams import end_stream, start_stream
from creators.actions.withdrawals import approve_withdrawal, request_withdrawal
from creators.models import PayoutBatch, Stream, Withdrawal
from creators.payout_sums import Part, most_within, plan_withdrawal
from creators.rails import Report
from creators.selectors.batches import batches_to_advance
from gifteconomy.demo.cast import FINANCE
from gifteconomy.demo.plan import Buy, Cashing, Moment, Send, Show, Terms
from gifts.actions.sending import send_gifts
from gifts.orders import GiftOrder
from users.models import User
from wallets.actions.clearing import clearing_due, sweep_all
from wallets.actions.crediting import credit_recharge
from wallets.actions.days import close_day
from wallets.actions.recharges import start_recharge
from wallets.models import LedgerDay, OfflinePayment, Operation, RateCard, Recharge
from wallets.money import Money
from wallets.providers import offline
from wallets.writer import Outcome

RAIL = "manual"
PAID_AFTER = timedelta(seconds=40)
APPROVED_AFTER, SENT_AFTER, BOOKED_AFTER = (timedelta(minutes=n) for n in (20, 30, 45))
NOTES = {
    "failed": "The bank does not know this account.",
    "returned": "The bank sent the money back: the account is closed.",
}

Say = Callable[[str], None]


class HistoryFailed(Exception):
    """Something in the plan was refused: the plan and the site's rules do not fit."""


@dataclass(slots=True)
class History:
    people: dict[str, User]
    card: RateCard
    streams: dict[int, Stream]

    def carry_out(self, moments: Sequence[Moment], *, say: Say) -> None:
        """Everything of the open day and later, and the close of each day that is over."""
        opened = LedgerDay.objects.get().day
        for moment in moments:
            day = moment.at.astimezone(UTC).date()
            if day < opened:
                for show in moment.begins:
                    self.find(show)
            else:
                close_until(day)
                say(f"{day:%d %B}")
                self.carry_out_moment(moment)

    def carry_out_moment(self, moment: Moment) -> None:
        for show in moment.begins:
            self.begin(show)
        for buy in moment.buys:
            self.buy(buy)
        self.send(moment.sends, at=moment.at)
        for show in moment.ends:
            self.end(show)
        if moment.cashings:
            self.pay_out(moment.cashings, at=moment.at)
        for key in moment.returns:
            self.return_money(key, at=moment.at)

    # --- shows and gifts ------------------------------------------------------------------------
    def find(self, show: Show) -> bool:
        """Take over a show that was begun before."""
        host = self.people[show.host]
        found = Stream.objects.filter(place__creator=host.pk, started=show.begins).first()
        if found:
            self.streams[show.number] = found
        return bool(found)

    def begin(self, show: Show) -> None:
        if not self.find(show):
            self.streams[show.number] = start_stream(
                user=self.people[show.host], title=show.title, now=show.begins
            )

    def end(self, show: Show) -> None:
        stream = self.streams[show.number]
        if Stream.objects.filter(pk=stream.pk, state=Stream.State.LIVE).exists():
            end_stream(place_id=stream.pk, now=show.ends)

    def buy(self, buy: Buy) -> None:
        started = start_recharge(
            buyer=self.people[buy.buyer],
            coins=buy.coins,
            country=buy.country,
            method="offline",
            key=buy.key,
            consent=True,
            now=buy.at,
        )
        if started.recharge.state == Recharge.State.CREDITED:
            return
        payment = OfflinePayment.objects.get(key=started.recharge.public_id)
        if payment.state == OfflinePayment.State.WAITING:
            offline.receive(payment, Money(payment.amount, payment.currency))
        credit_recharge(started.recharge.pk, by="return", now=buy.at + PAID_AFTER)

    def send(self, sends: Sequence[Send], *, at: datetime) -> None:
        orders = [
            GiftOrder(
                sender_id=self.people[send.sender].pk,
                place_id=self.streams[send.show].pk,
                key=send.key,
                gift=send.gift,
                quantity=send.quantity,
                price_coins=send.price_coins,
                rate_card=self.card.pk,
                confirmed=True,
                message=send.message,
            )
            for send in sends
        ]
        if orders:
            _all_done(send_gifts(orders, now=at), [order.key for order in orders])

    # --- withdrawals ----------------------------------------------------------------------------
    def pay_out(self, cashings: Sequence[Cashing], *, at: datetime) -> None:
        """What is clear becomes available, is asked for, and, unless it waits, is paid."""
        sweep(at)
        asked = {self.ask_for(cashing, at=at): cashing for cashing in cashings}
        staff_id = self.people[FINANCE].pk
        withdrawals = Withdrawal.objects.filter(operation_id__in=asked, state="requested")
        for withdrawal in withdrawals.order_by("pk"):
            if asked[withdrawal.operation_id].fate != "waits":
                approve_withdrawal(withdrawal.pk, staff_id=staff_id, now=at + APPROVED_AFTER)
        while prepare_batch(rail=RAIL, now=at + SENT_AFTER):
            pass
        fates = {operation: cashing.fate for operation, cashing in asked.items()}
        for batch_id in batches_to_advance(auto_approve=True):
            self.pay_batch(batch_id, fates, at=at)

    def ask_for(self, cashing: Cashing, *, at: datetime) -> UUID:
        """The operation of this withdrawal, asked for now or before."""
        creator_id = self.people[cashing.host].pk
        found = Operation.objects.filter(actor=creator_id, key=cashing.key).first()
        if found is not None:
            return found.pk
        outcome = request_withdrawal(
            creator_id=creator_id,
            diamonds=cashing.diamonds,
            shown_minor=self.worth_minor(cashing.diamonds),
            key=cashing.key,
            now=at,
        )
        assert outcome.operation is not None  # it was done
        return outcome.operation

    def worth_minor(self, diamonds: int) -> int:
        """What the creator was shown: the sum that is paid."""
        return plan_withdrawal(
            [_part(self.card, diamonds)],
            diamonds=diamonds,
            fee_minor=settings.WITHDRAWAL_FEE_MINOR,
            currency=settings.BASE_CURRENCY,
        ).paid_minor

    def pay_batch(self, batch_id: int, fates: Mapping[UUID, str], *, at: datetime) -> None:
        batch = PayoutBatch.objects.get(pk=batch_id)
        if batch.state == PayoutBatch.State.PREPARED:
            approve_batch(batch_id, staff_id=self.people[FINANCE].pk, now=at + SENT_AFTER)
        if batch.state != PayoutBatch.State.SENT:
            send_batch(batch_id, now=at + SENT_AFTER)
        for item in batch.items.filter(state="sent").select_related("withdrawal").order_by("pk"):
            failed = fates.get(item.withdrawal.operation_id) == "failed"
            report = Report(
                item_id=item.pk,
                state="failed" if failed else "paid",
                reference="" if failed else f"DEMO-{item.pk:06}",
                note=NOTES["failed"] if failed else "",
            )
            settle_item(item.pk, report, by_id=self.people[FINANCE].pk, now=at + BOOKED_AFTER)
        close_batch(batch_id, now=at + BOOKED_AFTER)

    def return_money(self, key: str, *, at: datetime) -> None:
        operation = Operation.objects.get(key=key, kind="withdrawal_ask")
        withdrawal = Withdrawal.objects.get(operation_id=operation.pk)
        if withdrawal.state != Withdrawal.State.PAID:
            return
        item = withdrawal.items.get(state="paid")
        report = Report(item_id=item.pk, state="returned", note=NOTES["returned"])
        settle_item(item.pk, report, by_id=self.people[FINANCE].pk, now=at)


def terms_of(card: RateCard) -> Terms:
    """What the site's settings allow a plan to withdraw."""
    plenty = [_part(card, 10**9)]
    currency = settings.BASE_CURRENCY
    least = most_within(
        plenty, limit_minor=settings.WITHDRAWAL_MINIMUM_MINOR - 1, currency=currency
    )
    return Terms(
        diamonds_per_coin=card.diamonds_per_coin,
        least_diamonds=least + 1,
        most_diamonds=most_within(
            plenty, limit_minor=settings.WITHDRAWAL_MAXIMUM_DAY_MINOR, currency=currency
        ),
    )


def close_until(day: date) -> None:
    """Close every day before this one."""
    opened = LedgerDay.objects.get().day
    while opened < day:
        opened += timedelta(days=1)
        close_day(today=opened)


def sweep(at: datetime) -> None:
    """What is clear at this time becomes available."""
    if due := clearing_due(now=at):
        sweep_all(due, now=at)


def _part(card: RateCard, diamonds: int) -> Part:
    return Part(
        series=card.series, value_millionths=card.diamond_value_millionths, diamonds=diamonds
    )


def _all_done(outcomes: Sequence[Outcome], keys: Sequence[str]) -> None:
    refused = [
        f"{key}: {one.code} {one.details}"
        for key, one in zip(keys, outcomes, strict=True)
        if not one.done
    ]
    if refused:
        raise HistoryFailed("; ".join(refused))
