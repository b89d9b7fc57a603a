from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gifts import locks
from gifts.actions import overlays, shelf
from gifts.models import Gift, Overlay, SentGift
from gifts.report_acts import REPORT_ACTS
from users.errors import AlreadySo
from users.models import Report, User
from users.staff import ReadOnly, ReasonedActions, StaffAction, add_staff_actions
from wallets.actions.freeze import freeze_gift
from wallets.actions.take_back import reverse_gift
from wallets.models import RateCard, TakenBack, diamond
from wallets.staff import Amounts


class PriceForm(forms.Form):
    coins = forms.IntegerField(label=_("Coins"), min_value=1, max_value=1_000_000)


def nobody(gift: Gift) -> None:
    """A gift of the catalogue is nobody's own."""


@admin.register(Gift)
class GiftAdmin(ReasonedActions, Amounts):
    in_coins = ("coins",)
    list_display = ["name", "slug", "coins", "tier", "display", "streakable", "active", "sort"]
    list_filter = ["active", "tier", "display", "streakable", "has_motion"]
    search_fields = ["name", "slug", "description"]
    staff_actions = [
        StaffAction(
            name="put_on_shelf",
            label=_("Let it be sent"),
            permission="gifts.change_gift",
            perform=shelf.put_on_shelf,
            whose=nobody,
            lock=locks.lock_gift,
        ),
        StaffAction(
            name="take_off_shelf",
            label=_("Send it no more"),
            permission="gifts.change_gift",
            perform=shelf.take_off_shelf,
            whose=nobody,
            lock=locks.lock_gift,
            hint=_("What was sent stays as it is."),
        ),
        StaffAction(
            name="change_price",
            label=_("Change the price"),
            permission="gifts.change_gift",
            perform=shelf.change_price,
            whose=nobody,
            form=PriceForm,
            lock=locks.lock_gift,
            hint=_("Whoever sees the old price is refused and shown the new one."),
        ),
    ]


def reverse(sent: SentGift, *, staff: User, reason: str, key: str) -> None:
    reverse_gift(operation_id=sent.pk, staff_id=staff.pk, reason=reason, key=key)


def hold(sent: SentGift, *, staff: User, reason: str, key: str) -> None:
    freeze_gift(operation_id=sent.pk, staff_id=staff.pk, reason=reason, key=key)


def of_both(sent: SentGift) -> tuple[int, int]:
    return sent.sender_id, sent.creator_id


def is_large(sent: SentGift, fields: Mapping[str, Any]) -> bool:
    return sent.coins > settings.STAFF_GRANT_TWO_PEOPLE_COINS


def what_came_back(sent: SentGift) -> dict[str, Any]:
    parts = TakenBack.objects.filter(transfer_id=sent.coin_transfer).order_by("pk")
    return {
        "state": sent.state,
        "taken_back_at": str(sent.taken_back_at),
        "parts": [f"{part.why} {part.state}" for part in parts],
    }


@admin.register(SentGift)
class SentGiftAdmin(ReasonedActions, Amounts):
    in_coins = ("coins", "streak_coins")
    in_asset = ("diamonds",)
    list_display = ["id", "created", "sender_id", "creator_id", "gift_id", "quantity", "coins"]
    list_display += ["anonymous", "state"]
    list_filter = ["state", "created"]
    search_fields = ["=id", "=sender_id", "=creator_id", "=place_id", "=streak_id"]
    ordering = ["-created"]
    show_full_result_count = False
    staff_actions = [
        StaffAction(
            name="reverse",
            label=_("Reverse the gift"),
            permission="gifts.reverse_sentgift",
            perform=reverse,
            whose=of_both,
            snapshot=what_came_back,
            needs_second=is_large,
            hint=_("The coins go back to the sender, the diamonds leave the creator."),
        ),
        StaffAction(
            name="hold",
            label=_("Hold the diamonds"),
            permission="gifts.freeze_sentgift",
            perform=hold,
            whose=of_both,
            snapshot=what_came_back,
            hint=_("Only while they clear. The hold ends by its transfer: released or taken."),
        ),
    ]

    def asset_of(self, row: SentGift) -> str:
        return diamond(RateCard.objects.get(pk=row.rate_card_id).series)


def revoke_overlay(overlay: Overlay, *, staff: User, reason: str, key: str) -> None:
    if overlay.revoked:
        raise AlreadySo()
    overlays.revoke_overlay(creator_id=overlay.creator_id, public_id=overlay.public_id)


@admin.register(Overlay)
class OverlayAdmin(ReasonedActions, ReadOnly):
    """Whose streaming program shows what. The address is kept as its hash, and not shown."""

    list_display = ["creator", "hint", "least_coins", "created", "seen", "revoked"]
    list_filter = [("revoked", admin.EmptyFieldListFilter), "created"]
    list_select_related = ["creator__user"]
    search_fields = ["creator__user__handle", "=public_id"]
    exclude = ["hashed"]
    show_full_result_count = False
    staff_actions = [
        StaffAction(
            name="revoke",
            label=_("Revoke"),
            permission="gifts.revoke_overlay",
            perform=revoke_overlay,
            whose=lambda overlay: overlay.creator_id,
            offered=lambda overlay: overlay.revoked is None,
            hint=_("Where it is open it goes blank. The creator can make a new one."),
        ),
    ]


add_staff_actions(Report, REPORT_ACTS)
