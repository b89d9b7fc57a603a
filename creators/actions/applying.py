"""How a person becomes a creator, and what staff decide about it."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from creators import locks
from creators.actions.streams import end_streams_of
from creators.errors import EmailUnconfirmed, NotAccepted, StateChanged
from creators.models import Creator, Stream
from creators.selectors.people import creators_without_accounts
from users.actions import require_money_age
from users.models import User
from wallets.actions.accounts import Spec, account_ids
from wallets.models import Account, diamond
from wallets.selectors.prices import rate_card, rate_cards_to_come

KINDS = (Account.Kind.CLEARING, Account.Kind.AVAILABLE, Account.Kind.HELD)
AT_ONCE = 200


def email_confirmed(user: User) -> bool:
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def become_creator(
    *, user: User, rate_card_id: int, rules_version: str, now: datetime | None = None
) -> Creator:
    """Accept the rate card in force and the rules, and be approved or wait for staff.

    Who is a creator already stays as they are. Refuses with TooYoung, EmailUnconfirmed, or
    NotAccepted where what was accepted is not in force any more. `now` is for histories.
    """
    require_money_age(user)
    if not email_confirmed(user):
        raise EmailUnconfirmed()
    if rate_card_id != rate_card().pk or rules_version != settings.CREATOR_RULES_VERSION:
        raise NotAccepted()
    approved = settings.CREATOR_APPROVAL == "auto"
    now = now or timezone.now()
    with transaction.atomic():
        creator, _ = Creator.objects.get_or_create(
            user=user,
            defaults={
                "state": Creator.State.APPROVED if approved else Creator.State.APPLIED,
                "rate_card_id": rate_card_id,
                "rules_version": rules_version,
                "accepted_at": now,
                "approved_at": now if approved else None,
            },
        )
        open_accounts([creator.pk])
    return creator


def open_accounts(creator_ids: list[int]) -> None:
    """Open the accounts that receive diamonds: of the series in force and of those to come."""
    assets = _assets_needed()
    account_ids([Spec(id, kind, asset) for id in creator_ids for asset in assets for kind in KINDS])


def open_accounts_of_new_series() -> int:
    """Open what creators lack since a new rate card was announced; says for how many."""
    missing = creators_without_accounts(_assets_needed())
    for first in range(0, len(missing), AT_ONCE):
        with transaction.atomic():
            open_accounts(missing[first : first + AT_ONCE])
    return len(missing)


def _assets_needed() -> list[str]:
    cards = [rate_card(), *rate_cards_to_come()]
    return list(dict.fromkeys(diamond(card.series) for card in cards))


def approve_creator(creator_id: int, *, staff_id: int) -> None:
    """Let an applicant, or again a suspended creator, go live. Locks the creator."""
    with transaction.atomic():
        creator = _locked(creator_id, Creator.State.APPLIED, Creator.State.SUSPENDED)
        creator.state, creator.state_reason = Creator.State.APPROVED, ""
        creator.approved_by_id, creator.approved_at = staff_id, timezone.now()
        creator.save(update_fields=["state", "state_reason", "approved_by", "approved_at"])
        open_accounts([creator_id])


def suspend_creator(creator_id: int, *, told: str) -> None:
    """End a creator's live stream and let none begin; what was earned stays theirs.

    `told` is what the creator reads. Locks the creator, then the place.
    """
    with transaction.atomic():
        creator = _locked(creator_id, Creator.State.APPLIED, Creator.State.APPROVED)
        creator.state, creator.state_reason = Creator.State.SUSPENDED, told
        creator.save(update_fields=["state", "state_reason"])
        end_streams_of(creator_id, why=Stream.EndedWhy.SUSPENDED)


def _locked(creator_id: int, *states: str) -> Creator:
    creator = locks.lock_creator(creator_id)
    if creator is None or creator.state not in states:
        raise StateChanged(state=creator.state if creator else "")
    return creator
