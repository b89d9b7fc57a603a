"""A row for every staff action, made through real actions, and the fields that it asks for."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from creators.actions import moderating
from creators.actions.batches import approve_batch, prepare_batch, send_batch
from creators.actions.settling import settle_item
from creators.actions.stream_keys import make_stream_key
from creators.models import Creator, PayoutBatch, PayoutItem, StreamKey, Withdrawal
from creators.rails import Report as PaymentReport
from gifts.actions import chatting, hiding
from gifts.actions.overlays import make_overlay
from gifts.models import Overlay, SentGift
from tests.creators.make import ask_for, make_creator, make_paid_creator
from tests.gifts.make import make_gift, make_room, make_viewer, send
from tests.make import make_superuser, make_user
from tests.wallets.recharging import order, pay
from users.actions import reports
from users.actions.filter_lists import add_words
from users.actions.staff import Request, carry_out
from users.models import Approval, FilterWord, Report, User
from users.staff import registered_action
from wallets.actions.coins import grant_coins
from wallets.actions.crediting import credit_recharge
from wallets.actions.freeze import freeze_gift, freeze_user
from wallets.models import (
    Account,
    CoinPack,
    Lot,
    Switch,
    Transfer,
    UnappliedPayment,
)

numbers = count(1)
Made = tuple[Any, dict[str, str]]


def key() -> str:
    return f"staff-row-{next(numbers)}"


def wallet(user: User | None = None) -> Account:
    return Account.objects.get(owner=user or make_user(), kind=Account.Kind.WALLET)


def frozen_wallet() -> Account:
    owner = make_user()
    freeze_user(
        user_id=owner.pk, can_debit=False, can_credit=False, staff_id=0, reason="A ring.", key=key()
    )
    return wallet(owner)


def granted_lot() -> Lot:
    owner = make_user()
    grant_coins(user_id=owner.pk, coins=50, staff_id=0, reason="A present.", key=key())
    return Lot.objects.get(wallet__owner=owner)


def sent_gift() -> SentGift:
    gift = make_gift(20)
    return SentGift.objects.get(pk=send(make_viewer(100), make_room(), gift).operation)


def freeze() -> Transfer:
    held = freeze_gift(operation_id=sent_gift().pk, staff_id=0, reason="A stolen card.", key=key())
    return Transfer.objects.get(pk=held.details["freeze"])


def money_that_does_not_fit() -> UnappliedPayment:
    short = order(make_user(), 500)
    pay(short, 400)
    credit_recharge(short.pk, by="return")
    return UnappliedPayment.objects.get(recharge=short)


def large_grant() -> Approval:
    model, act = registered_action("wallets.account.grant")
    waiting = carry_out(
        Request(
            act=act,
            model=model,
            target_id=wallet().pk,
            staff=make_superuser(),
            reason="A large present.",
            key=key(),
            fields={"coins": 6_000},
            payload={"coins": "6000"},
        )
    )
    assert isinstance(waiting, Approval)
    return waiting


def withdrawal(diamonds: int) -> Withdrawal:
    return ask_for(make_paid_creator(diamonds), diamonds)


def batch() -> PayoutBatch:
    withdrawal(2_000)
    made = prepare_batch(rail="manual")
    assert made is not None
    return made


def sent_item() -> PayoutItem:
    frozen = batch()
    approve_batch(frozen.pk)
    send_batch(frozen.pk)
    # Withdrawals that other tests left are in it too.
    return frozen.items.latest("pk")


def paid_item() -> PayoutItem:
    item = sent_item()
    settle_item(item.pk, PaymentReport(item_id=item.pk, state="paid", reference="BANK-1"))
    return PayoutItem.objects.get(pk=item.pk)


def switch(*, stopped: bool) -> Switch:
    Switch.objects.filter(pk="refunds").update(stopped=stopped, message="Later." if stopped else "")
    return Switch.objects.get(pk="refunds")


def pack(*, active: bool) -> CoinPack:
    return CoinPack.objects.create(coins=100_000 + next(numbers), active=active)


def something_to_prepare() -> Made:
    withdrawal(2_000)
    return None, {"rail": "manual"}


def new_card() -> dict[str, str]:
    starts = timezone.now() + timedelta(days=40 + next(numbers))
    return {
        "starts": starts.strftime("%Y-%m-%dT%H:%M"),
        "diamonds_per_coin": "1",
        "diamond_value_millionths": "7000",
    }


def new_tax() -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=next(numbers))
    return {"country": "AT", "basis_points": "2100", "starts": day.isoformat()}


def a_line(*, hidden: bool = False) -> Report:
    """A report of a line in a room."""
    room = make_room()
    said = chatting.Line(
        place_id=room.pk,
        creator_id=room.place.creator_id,
        sender_id=make_user().pk,
        text="Something unkind",
    )
    chatting.keep_line(said)
    if hidden:
        hiding.hide_line(actor=room.place.creator.user, line_id=said.id)
    return reported("line", said.id)


def reported(kind: str, ref: UUID, reason: str = "harassment") -> Report:
    return reports.report(reporter=make_user(), kind=kind, ref=ref, reason=reason)


def restricted_line(kind: str) -> Report:
    made = a_line()
    creator = Creator.objects.get(pk=made.seen["creator"])
    moderating.restrict(
        actor=creator.user, creator_id=creator.pk, person=made.about, kind=kind, minutes=60
    )
    return made


def stream_report() -> Report:
    """One that cannot wait."""
    return reported("stream", make_room().place.public_id, "child")


def message_report() -> Report:
    sent = send(make_viewer(100), make_room(), make_gift(20), message="For you").operation
    assert sent is not None
    return reported("gift", sent)


def suspended_person() -> Report:
    made = reported("person", make_user().public_id)
    User.objects.filter(pk=made.about_id).update(is_active=False)
    return made


def answered_report() -> Report:
    made = reported("person", make_user().public_id)
    reports.answer(made, staff=make_superuser(), reason="Looked.", key=key(), text="Thank you.")
    return made


def stream_key() -> StreamKey:
    creator = make_creator()
    make_stream_key(creator_id=creator.pk)
    return StreamKey.objects.get(creator=creator)


def overlay() -> Overlay:
    creator = make_creator()
    make_overlay(creator_id=creator.pk)
    return Overlay.objects.get(creator=creator)


def listed_word() -> FilterWord:
    return add_words([f"listed{next(numbers)}"], owner_id=None, by_id=make_user().pk)[0]


MONEY = {"amount": "0.70", "currency": "USD"}
TOLD = {"told": "The name differs."}
MAKERS: dict[str, Callable[[], Made]] = {
    "creators.creator.approve": lambda: (make_creator(state=Creator.State.APPLIED), {}),
    "creators.creator.suspend": lambda: (make_creator(), TOLD),
    "creators.payoutbatch.approve": lambda: (batch(), {}),
    "creators.payoutbatch.discard": lambda: (batch(), {}),
    "creators.payoutbatch.prepare": something_to_prepare,
    "creators.payoutitem.failed": lambda: (sent_item(), TOLD),
    "creators.payoutitem.paid": lambda: (sent_item(), {"reference": "BANK-2"}),
    "creators.payoutitem.returned": lambda: (paid_item(), TOLD),
    "creators.stream.end": lambda: (make_room(), {}),
    "creators.streamkey.revoke": lambda: (stream_key(), {}),
    "creators.withdrawal.approve": lambda: (withdrawal(110_000), {}),
    "creators.withdrawal.refuse": lambda: (withdrawal(80_000), TOLD),
    "gifts.gift.change_price": lambda: (make_gift(5), {"coins": "7"}),
    "gifts.gift.put_on_shelf": lambda: (make_gift(5, active=False), {}),
    "gifts.gift.take_off_shelf": lambda: (make_gift(5), {}),
    "gifts.overlay.revoke": lambda: (overlay(), {}),
    "gifts.sentgift.hold": lambda: (sent_gift(), {}),
    "gifts.sentgift.reverse": lambda: (sent_gift(), {}),
    "users.approval.approve": lambda: (large_grant(), {}),
    "users.approval.decline": lambda: (large_grant(), {}),
    "users.filterword.add_words": lambda: (None, {"words": f"oddword{next(numbers)}"}),
    "users.filterword.take_out": lambda: (listed_word(), {}),
    "users.report.answer": lambda: (a_line(), {"prepared": "acted"}),
    "users.report.ban": lambda: (a_line(), {}),
    "users.report.claim": lambda: (a_line(), {}),
    "users.report.end_stream": lambda: (stream_report(), {}),
    "users.report.hide": lambda: (a_line(), {}),
    "users.report.hold": lambda: (message_report(), {}),
    "users.report.let_back_in": lambda: (suspended_person(), {}),
    "users.report.mute": lambda: (a_line(), {"minutes": "60"}),
    "users.report.reopen": lambda: (answered_report(), {}),
    "users.report.show": lambda: (a_line(hidden=True), {}),
    "users.report.suspend": lambda: (reported("person", make_user().public_id), {}),
    "users.report.unban": lambda: (restricted_line("ban"), {}),
    "users.report.unmute": lambda: (restricted_line("mute"), {}),
    "users.user.change_date_of_birth": lambda: (make_user(), {"date_of_birth": "1991-01-02"}),
    "users.user.deactivate": lambda: (make_user(), {}),
    "users.user.reactivate": lambda: (make_user(is_active=False), {}),
    "users.user.set_staff_rights": lambda: (make_user(), {"is_staff": "on"}),
    "users.user.sign_out_everywhere": lambda: (make_user(), {}),
    "wallets.account.enter_cash": lambda: (None, MONEY | {"entry": "owner_money", "ref": ""}),
    "wallets.account.freeze": lambda: (wallet(), {"what": "both"}),
    "wallets.account.grant": lambda: (wallet(), {"coins": "5"}),
    "wallets.account.unfreeze": lambda: (frozen_wallet(), {}),
    "wallets.coinpack.add": lambda: (None, {"coins": str(40_000 + next(numbers))}),
    "wallets.coinpack.sell": lambda: (pack(active=False), {}),
    "wallets.coinpack.take_off": lambda: (pack(active=True), {}),
    "wallets.lot.take_back_grant": lambda: (granted_lot(), {}),
    "wallets.ratecard.announce": lambda: (None, new_card()),
    "wallets.recharge.confirm": lambda: (order(make_user()), MONEY),
    "wallets.recharge.recheck": lambda: (order(make_user()), {}),
    "wallets.switch.start": lambda: (switch(stopped=True), {}),
    "wallets.switch.stop": lambda: (switch(stopped=False), {"message": "Back at noon."}),
    "wallets.taxrate.set": lambda: (None, new_tax()),
    "wallets.transfer.release_hold": lambda: (freeze(), {}),
    "wallets.transfer.take_hold": lambda: (freeze(), {}),
    "wallets.unappliedpayment.give_coins": lambda: (money_that_does_not_fit(), {}),
    "wallets.unappliedpayment.send_back": lambda: (money_that_does_not_fit(), {}),
}
# Tables that a mere visit writes to.
VISITS = ("django_session", "usersessions_usersession")


def everything() -> dict[str, tuple[int, str]]:
    """How many rows each table holds, and a sum of them all: what changed shows here."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t not in VISITS]
        parts = [
            f"SELECT '{t}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"  # noqa: S608
            f' FROM "{t}" t'
            for t in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return {table: (rows, digest) for table, rows, digest in cursor.fetchall()}
