"""Random histories of the whole ledger against a list of single coins, after every step.

Which of racing gifts comes first differs from run to run, and so does what there is afterwards.
Hypothesis replays what it drew, so nothing is drawn from what there is: a rule draws numbers, and
`pick` turns one into something that exists, or the step does nothing.
"""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.make import make_user
from tests.wallets import economy
from tests.wallets.coins import NaiveGift, NaiveLot, NaiveWallet
from users.errors import Refusal
from wallets.actions.campaigns import charge_campaign, end_campaign, start_campaign
from wallets.actions.clearing import sweep_clearing
from wallets.actions.disputes import end_dispute, withdraw_dispute
from wallets.actions.refunds import ask_refund, end_refund
from wallets.check import ledger_check
from wallets.models import Hold, Lot, Operation, Transfer
from wallets.writer import Outcome

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "12"))
STEPS = int(os.environ.get("LEDGER_STEPS", "60"))
START = datetime(2030, 1, 1, tzinfo=UTC)
amounts = st.integers(min_value=1, max_value=60)
numbers = st.integers(min_value=0, max_value=10_000)


def pick(things, number: int):
    """One of these things by a number, None of none."""
    return list(things)[number % len(things)] if things else None


class LedgerMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.sender = make_user()
        self.creators = [make_user(), make_user()]
        self.wallet = NaiveWallet()
        self.now = START
        self.lots: dict[int, NaiveLot] = {}
        self.gifts: dict[object, NaiveGift] = {}
        self.campaigns: dict[str, int] = {}
        self.refunds: dict[str, tuple[NaiveLot, Outcome]] = {}
        self.disputes: dict[str, tuple[NaiveLot, Outcome, int]] = {}
        self.holds: list[str] = []
        self.diamonds = {creator.pk: [0, 0, 0] for creator in self.creators}  # ever seen, paid
        self.last: tuple | None = None

    def tick(self, hours: int = 1) -> datetime:
        self.now += timedelta(hours=hours)
        return self.now

    # --- coins in -----------------------------------------------------------------------------
    @rule(
        coins=st.integers(1, 120), price=st.integers(1, 200), risk=st.sampled_from(["card", "bank"])
    )
    def recharge(self, coins: int, price: int, risk: str) -> None:
        lot = economy.recharge(self.sender, coins, price=price, tax=price // 6, risk=risk)
        self.lots[lot] = self.wallet.recharge(coins, price)

    # --- gifts --------------------------------------------------------------------------------
    @rule(coins=amounts, which=st.integers(0, 1))
    def give(self, coins: int, which: int) -> None:
        creator, key = self.creators[which], economy.new_key()
        outcome = economy.gift(self.sender, creator, coins, key=key, now=self.tick())
        self.last = (creator, coins, key, outcome)
        self.note_gift(creator, coins, outcome)

    def note_gift(self, creator, coins, outcome) -> None:
        clears = 0
        if outcome.done:
            diamond = Transfer.objects.get(operation_id=outcome.operation, lots=None)
            clears = int(diamond.clears_at.timestamp())
        naive = self.wallet.give(creator.pk, coins, clears)
        assert (naive is not None) == outcome.done
        if naive:
            self.gifts[outcome.operation] = naive
        else:
            assert outcome.code == "insufficient_coins"
            assert outcome.details["missing"] == coins - self.wallet.balance

    @rule()
    def repeat_last_gift(self) -> None:
        if self.last is None:
            return
        creator, coins, key, first = self.last
        again = economy.gift(self.sender, creator, coins, key=key)
        assert (again.operation, again.done, again.code) == (
            first.operation,
            first.done,
            first.code,
        )
        assert again.repeated
        other = economy.gift(self.sender, creator, coins + 1, key=key)
        assert (other.done, other.code) == (False, "repeat_differs")

    @rule(coins=st.lists(amounts, min_size=2, max_size=4))
    def give_at_once(self, coins: list[int]) -> None:
        """Threads race for the same wallet; the ledger's own order is replayed on the list."""
        now = self.tick()
        keys = [economy.new_key() for _ in coins]
        outcomes: dict[str, Outcome] = {}

        def send(amount: int, key: str) -> None:
            try:
                outcomes[key] = economy.gift(
                    self.sender, self.creators[0], amount, key=key, now=now
                )
            finally:
                connection.close()

        threads = [
            threading.Thread(target=send, args=pair) for pair in zip(coins, keys, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        amount_of = dict(zip(keys, coins, strict=True))
        # Ids are made while judging, under the wallet's lock, and only rise within a process. (The
        # numbers of transactions do not tell: one can be given before the lock is.)
        order = Operation.objects.filter(actor=self.sender.pk, key__in=keys).order_by("pk")
        assert order.count() == len(coins)
        for operation in order:
            self.note_gift(self.creators[0], amount_of[operation.key], outcomes[operation.key])

    @rule(number=numbers)
    def undo(self, number: int) -> None:
        operation = pick(self.gifts, number)
        if operation is None:
            return
        naive = self.gifts[operation]
        outcome = economy.undo(operation)
        back = self.wallet.undo(naive)
        assert (outcome.details.get("coins", 0) if outcome.done else 0) == back
        if not back:
            assert outcome.code in ("too_late", "nothing_to_take_back")

    @rule(which=st.integers(0, 1), hours=st.integers(1, 240))
    def sweep(self, which: int, hours: int) -> None:
        creator, now = self.creators[which], self.tick(hours)
        try:
            sweep_clearing(user_id=creator.pk, asset=economy.DIAMOND, now=now)
        except Refusal as refusal:
            assert refusal.code == "nothing_due"
            return
        for gift in self.gifts.values():
            if gift.creator == creator.pk and gift.clears_at <= int(now.timestamp()):
                gift.cleared = True

    # --- campaigns ----------------------------------------------------------------------------
    @rule(coins=amounts)
    def start_campaign(self, coins: int) -> None:
        name = economy.new_key()
        try:
            start_campaign(user_id=self.sender.pk, campaign=name, coins=coins, key=name)
        except Refusal as refusal:
            assert refusal.code == "insufficient_coins"
            assert not self.wallet.campaign(name, coins)
        else:
            assert self.wallet.campaign(name, coins)
            self.campaigns[name] = 0

    @rule(number=numbers, coins=st.integers(1, 30))
    def charge_campaign(self, number: int, coins: int) -> None:
        name = pick(self.campaigns, number)
        if name is None:
            return
        self.campaigns[name] += 1
        batch = self.campaigns[name]
        for expected in (self.wallet.charge(name, coins), None):  # the second is the same batch
            try:
                charge_campaign(user_id=self.sender.pk, campaign=name, batch=batch, coins=coins)
                assert expected is not False
            except Refusal as refusal:
                assert refusal.code == "insufficient_coins"
                assert not expected
                break

    @rule(number=numbers)
    def end_campaign(self, number: int) -> None:
        name = pick(self.campaigns, number)
        if name is None:
            return
        self.campaigns.pop(name)
        try:
            outcome = end_campaign(user_id=self.sender.pk, campaign=name)
            assert outcome.details["coins"] == self.wallet.end_campaign(name)
        except Refusal as refusal:
            assert refusal.code == "nothing_due"
            assert self.wallet.end_campaign(name) == 0

    # --- refunds ------------------------------------------------------------------------------
    @rule(number=numbers, coins=amounts)
    def ask_refund(self, number: int, coins: int) -> None:
        lot_id = pick(self.lots, number)
        if lot_id is None:
            return
        lot, name = self.lots[lot_id], economy.new_key()
        try:
            outcome = ask_refund(
                user_id=self.sender.pk, lot_id=lot_id, coins=coins, ref=name, key=name
            )
        except Refusal as refusal:
            assert refusal.code == "not_refundable"
            assert not self.wallet.refund(lot, coins, name)
        else:
            assert self.wallet.refund(lot, coins, name)
            lot.refunded_money += outcome.details["money"]
            self.refunds[name] = (lot, outcome)

    @rule(number=numbers, done=st.booleans())
    def end_refund(self, number: int, done: bool) -> None:
        name = pick(self.refunds, number)
        if name is None:
            return
        lot, outcome = self.refunds.pop(name)
        operation = Operation.objects.get(pk=outcome.operation)
        end_refund(operation=operation, ref=name, done=done)
        assert end_refund(operation=operation, ref=name, done=done).repeated
        self.wallet.end_refund(lot, name, done=done)
        if not done:
            lot.refunded_money -= outcome.details["money"]

    # --- disputes -----------------------------------------------------------------------------
    @rule(number=numbers, money=st.integers(1, 200), fee=st.integers(0, 15))
    def dispute(self, number: int, money: int, fee: int) -> None:
        lot_id = pick(self.lots, number)
        if lot_id is None:
            return
        lot, name = self.lots[lot_id], economy.new_key()
        covered = min(money, lot.price - lot.refunded_money - lot.disputed_money)
        outcome = withdraw_dispute(ref=name, lot_id=lot_id, money=money, fee=fee)
        assert outcome.details["covered"] == covered
        self.wallet.dispute(lot, name, covered)
        self.disputes[name] = (lot, outcome, covered)
        assert withdraw_dispute(ref=name, lot_id=lot_id, money=money, fee=fee).repeated

    @rule(number=numbers, won=st.booleans())
    def end_dispute(self, number: int, won: bool) -> None:
        name = pick(self.disputes, number)
        if name is None:
            return
        lot, outcome, covered = self.disputes.pop(name)
        operation = Operation.objects.get(pk=outcome.operation)
        end_dispute(operation=operation, ref=name, won=won)
        assert end_dispute(operation=operation, ref=name, won=won).repeated
        self.wallet.end_dispute(lot, name, covered, won=won)

    # --- diamonds out -------------------------------------------------------------------------
    @rule(which=st.integers(0, 1), diamonds=amounts)
    def withdraw(self, which: int, diamonds: int) -> None:
        creator = self.creators[which]
        before = economy.balances(creator).available
        outcome = economy.withdraw(creator, diamonds)
        assert outcome.done == (diamonds <= before)
        if outcome.done:
            self.holds += outcome.details["holds"]
            assert economy.balances(creator).available == before - diamonds

    @rule(paid=st.booleans())
    def end_withdrawal(self, paid: bool) -> None:
        if not self.holds:
            return
        hold = self.holds.pop()
        economy.end_withdrawal(hold, paid=paid)
        assert economy.end_withdrawal(hold, paid=paid).repeated
        assert Hold.objects.get(pk=hold).state == ("posted" if paid else "voided")

    # --- after every step ---------------------------------------------------------------------
    @invariant()
    def every_lot_agrees(self) -> None:
        if not hasattr(self, "wallet"):
            return
        real = {
            lot.pk: (lot.remaining, lot.refunded_coins, lot.disputed_coins, lot.disputed_money)
            for lot in Lot.objects.filter(pk__in=self.lots)
        }
        assert real == {
            pk: (lot.remaining, lot.refunded, lot.disputed, lot.disputed_money)
            for pk, lot in self.lots.items()
        }
        assert economy.balances(self.sender).wallet == self.wallet.balance

    @invariant()
    def every_creator_agrees(self) -> None:
        if not hasattr(self, "wallet"):
            return
        for creator in self.creators:
            gifts = [gift for gift in self.gifts.values() if gift.creator == creator.pk]
            clearing = sum(len(gift.free()) for gift in gifts if not gift.cleared)
            held = sum(
                bool(coin.disputed) and coin.where == "gift" and coin.holder is gift
                for gift in gifts
                for _, coin in gift.coins
            )
            real = economy.balances(creator)
            assert (real.clearing, real.held) == (clearing, held)

    def teardown(self) -> None:
        if hasattr(self, "wallet"):
            assert ledger_check() == []


def test_random_histories_agree_with_a_list_of_coins(committed_db, record_property) -> None:
    record_property("histories", EXAMPLES)
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # A history is read as it was drawn: to make it shorter takes longer than to read it.
            phases=[Phase.generate],
            print_blob=True,
            database=None,
        ),
    )


@pytest.mark.usefixtures("committed_db")
def test_the_machine_sees_a_coin_that_is_lost() -> None:
    """The negative control: a ledger that gives one coin too few is found out."""
    machine = LedgerMachine()
    machine.begin()
    machine.recharge(coins=10, price=10, risk="card")
    machine.every_lot_agrees()
    Lot.objects.filter(pk__in=machine.lots).update(remaining=9)
    with pytest.raises(AssertionError):
        machine.every_lot_agrees()
