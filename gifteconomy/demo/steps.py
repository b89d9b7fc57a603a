"""The five things to see in the demo: which are done, read from rows, and how to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from creators.models import Earning, Stream, Withdrawal, WithdrawalEvent
from gifteconomy.demo.models import Visit
from gifteconomy.demo.roles import Role, busy_stream, role_of
from gifts.models import Gift, SentGift
from users.models import User
from wallets.models import Recharge

FIRST_GIFT = "paper-lantern"
WITHDRAWN_DIAMONDS = 2_000
SPENDERS = (Role.VIEWER, Role.FAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to go on: a link, or a switch of person that leads to an address."""

    label: str
    url: str
    role: str = ""
    new_window: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    name: str
    title: str
    hint: str
    done: bool
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the rows say about a visit."""

    recharged: bool = False
    gift: SentGift | None = None
    seen: bool = False
    looked: bool = False
    withdrawal: Withdrawal | None = None
    approved: bool = False


def done_in(visit: Visit | None) -> Done:
    """What the people of a visit have done since it began."""
    if visit is None:
        return Done()
    people = list(visit.people.values_list("pk", flat=True))
    since = visit.began
    sent = SentGift.objects.filter(sender_id__in=people, created__gte=since)
    asked = Withdrawal.objects.filter(creator__in=people, created__gte=since)
    approvals = WithdrawalEvent.objects.filter(
        withdrawal__in=asked, state=Withdrawal.State.APPROVED, by__in=people, by__is_staff=True
    )
    approval = approvals.select_related("withdrawal").order_by("-pk").first()
    return Done(
        recharged=Recharge.objects.filter(
            buyer__in=people, state=Recharge.State.CREDITED, credited__gte=since
        ).exists(),
        gift=sent.order_by("-created", "-seq").first(),
        seen=visit.seen_gift is not None and sent.filter(pk=visit.seen_gift).exists(),
        looked=visit.looked_at is not None
        and visit.looked_creator_id is not None
        and Earning.objects.filter(
            creator_id=visit.looked_creator_id,
            supporter_id__in=people,
            created__range=(since, visit.looked_at),
        ).exists(),
        withdrawal=approval.withdrawal if approval else asked.order_by("-pk").first(),
        approved=approval is not None,
    )


def steps_of(done: Done, user: Any) -> list[Step]:
    """The five steps as this person would take them."""
    role = role_of(user) if isinstance(user, User) else None
    room = _room_of(done)
    return [
        Step(
            name="recharge",
            title=_("Recharge"),
            hint=_("Buy a few coins. It is a payment for trying out: no money moves."),
            done=done.recharged,
            way=_as(
                role, SPENDERS, _("Get coins"), _recharge_url(room), be=_("Start: get coins")
            ),
        ),
        Step(
            name="send",
            title=_("Send a gift"),
            hint=_("Into a live room. Everybody there sees it, and you see the split."),
            done=done.gift is not None,
            way=_as(
                role, SPENDERS, _("Send a gift"), f"{room}?{urlencode({'gift': FIRST_GIFT})}",
                be=_("Send as a viewer"),
            ),
        ),
        Step(
            name="window",
            title=_("See it in a second window"),
            hint=_("Open the same room again: your gift is there, too."),
            done=done.seen,
            way=Way(label=_("Open a second window"), url=room, new_window=True),
        ),
        Step(
            name="creator",
            title=_("Look at it as the creator"),
            hint=_("The dashboard shows what your gift has earned."),
            done=done.looked,
            way=_as(None, (), "", reverse("dashboard"), be=_("Be the creator"), role=Role.CREATOR),
        ),
        Step(
            name="withdraw",
            title=_("Withdraw and approve"),
            hint=_withdraw_hint(done),
            done=done.approved,
            way=_withdraw_way(done, role),
        ),
    ]  # fmt: skip


def next_step(steps: Sequence[Step]) -> Step | None:
    return next((step for step in steps if not step.done), None)


def _as(
    now: Role | None,
    fitting: Sequence[Role],
    label: str,
    url: str,
    *,
    be: str,
    role: Role = Role.VIEWER,
) -> Way:
    """A link for whoever is in a fitting role, else a switch to one."""
    if now in fitting:
        return Way(label=label, url=url)
    return Way(label=be, url=url, role=role)


def _room_of(done: Done) -> str:
    """The room of the visit's last gift, or the busy one."""
    stream = None
    if done.gift is not None:
        stream = (
            Stream.objects.filter(place=done.gift.place_id, state=Stream.State.LIVE)
            .select_related("place")
            .first()
        )
    stream = stream or busy_stream()
    return reverse("room", args=[stream.place.public_id]) if stream else "/"


def _recharge_url(room: str) -> str:
    coins = Gift.objects.values_list("coins", flat=True).get(slug=FIRST_GIFT)
    query = urlencode([("need", coins), ("next", room), ("gift", FIRST_GIFT)])
    return f"{reverse('recharge')}?{query}"


def _withdraw_hint(done: Done) -> str:
    if done.withdrawal is None:
        return _("The creator asks for money; the diamonds are held until it is paid.")
    if not done.approved:
        return _("Staff look at it, give a reason, and approve it.")
    return _("It goes out with the next batch, within ten seconds.")


def _withdraw_way(done: Done, role: Role | None) -> Way:
    if done.withdrawal is None:
        url = f"{reverse('withdraw')}?{urlencode({'diamonds': WITHDRAWN_DIAMONDS})}"
        return _as(
            role, (Role.CREATOR,), _("Withdraw"), url, be=_("Withdraw as the creator"),
            role=Role.CREATOR,
        )  # fmt: skip
    if not done.approved:
        url = reverse("admin:creators_withdrawal_staff_action", args=["approve"])
        url = f"{url}?{urlencode({'ids': done.withdrawal.pk})}"
        return Way(label=_("Approve it as staff"), url=url, role=Role.STAFF)
    url = reverse("withdrawal", args=[done.withdrawal.public_id])
    return Way(label=_("See it being paid"), url=url, role=Role.CREATOR)


def gift_to_see(done: Done) -> dict[str, str] | None:
    """How a window knows the visit's last gift among the lines of a room."""
    if done.gift is None:
        return None
    sender = User.objects.filter(Q(pk=done.gift.sender_id)).first()
    gift = Gift.objects.get(pk=done.gift.gift_id)
    return {"id": str(done.gift.pk), "sender": sender.name if sender else "", "gift": gift.name}
