"""What the room page is made of: the shelves of the catalogue, and what its script is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from creators.models import Stream
from gifts.models import Gift
from users.models import User
from wallets.models import RateCard
from wallets.money import digits_of
from wallets.reminders import reminder_texts
from wallets.selectors.prices import rate_card
from wallets.templatetags.money import coins_text

QUANTITIES = (1, 5, 10)
SHELVES: dict[str, tuple[Promise, Promise]] = {
    Gift.Display.TRAY: (lazy("Small"), lazy("A row over the chat. Send again and it counts up.")),
    Gift.Display.BANNER: (lazy("Banner"), lazy("Crosses the stage with your name.")),
    Gift.Display.BIG: (lazy("Big"), lazy("Takes half of the stage.")),
    Gift.Display.FULLSCREEN: (lazy("Whole stage"), lazy("A scene of its own for everybody.")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The gifts that are shown in one way, cheapest first."""

    display: str
    label: Promise
    note: Promise
    gifts: list[Gift]
    is_open: bool


def shelves(gifts: Iterable[Gift], *, chosen: Gift) -> list[Shelf]:
    """The catalogue by display; the shelf of the chosen gift is open. Empty ones are left out."""
    by_display: dict[str, list[Gift]] = {display: [] for display in SHELVES}
    for gift in gifts:
        by_display[gift.display].append(gift)
    return [
        Shelf(
            display=display,
            label=SHELVES[display][0],
            note=SHELVES[display][1],
            gifts=found,
            is_open=display == chosen.display,
        )
        for display, found in by_display.items()
        if found
    ]


def room_config(
    *,
    stream: Stream,
    gifts: Iterable[Gift],
    chosen: Gift,
    opens_panel: bool,
    card: RateCard,
    person: User | None,
    video: dict[str, Any],
    room: dict[str, str],
    urls: dict[str, Any],
) -> dict[str, Any]:
    """What the page's script starts from: whole coins, and money in millionths."""
    creator = stream.place.creator.user
    return player_config(gifts) | {
        "room": room,
        "urls": urls,
        "creator": {"handle": creator.handle, "name": creator.name},
        "chosen": chosen.slug,
        "opens_panel": opens_panel,
        "rate_card": card.pk,
        "prices": prices_config(card),
        "video": {
            "part": video,
            "player": static("npm/hls.light.min.mjs"),
            "worker": static("npm/hls.worker.js"),
        },
        "calm": bool(person and person.calm_mode),
        "sound": bool(person and person.sound),
        "texts": script_texts() | boundary_texts() | reminder_texts(),
    }


def boundary_texts() -> dict[str, str]:
    """What the panel says of the creator's boundaries."""
    return {
        "boundary_off": _("{creator} takes no gifts at the moment."),
        "boundary_enough": _(
            "{creator} says: enough, thank you! Nobody needs to give more in this stream."
        ),
        "boundary_least": _("{creator} takes gifts from {coins} on."),
        "boundary_most": _("{creator} takes gifts of up to {coins}."),
        "boundary_day": _("{creator} takes {coins} a day from one person at most."),
    }


def boundary_sentences(part: dict[str, Any], *, creator: str) -> list[str]:
    """The same as `static/js/room/boundaries.js` says, for the page as it comes."""
    texts = boundary_texts()
    if part["gifts"] != "on":
        return [texts[f"boundary_{part['gifts']}"].format(creator=creator)]
    amounts = {
        "least": part["least_coins"],
        "most": part["most_coins"],
        "day": part["viewer_coins_per_day"],
    }
    return [
        texts[f"boundary_{name}"].format(creator=creator, coins=coins_text(coins))
        for name, coins in amounts.items()
        if coins is not None
    ]


def prices_config(card: RateCard) -> dict[str, Any]:
    """What a script needs to write amounts as the page does."""
    return {
        "locale": get_language() or "en",
        "currency": settings.BASE_CURRENCY,
        "digits": digits_of(settings.BASE_CURRENCY),
        "coin_millionths": settings.COIN_PRICE_MILLIONTHS,
        "creator_millionths": card.diamonds_per_coin * card.diamond_value_millionths,
    }


def console_config(
    *, gifts: Iterable[Gift], creator: User, room: dict[str, str], urls: dict[str, Any]
) -> dict[str, Any]:
    """What the script of a creator's console starts from."""
    return player_config(gifts) | {
        "room": room,
        "urls": urls,
        "creator": {"handle": creator.handle, "name": creator.name},
        "prices": prices_config(rate_card()),
        "texts": script_texts()
        | {
            "unthanked": plural_forms("{n} to thank", "{n} to thank"),
            "all_thanked": _("All thanked"),
            "saved": _("Saved. Your viewers see it."),
            "removed": _("The goal is taken away."),
        },
    }


def overlay_config(gifts: Iterable[Gift]) -> dict[str, Any]:
    """What the script of an overlay starts from: gifts, and words for goal and board."""
    names = ("times", "coins", "gifts", "goal_far", "goal_of_gift", "goal_reached", "goal_moment")
    texts = script_texts()
    return player_config(gifts) | {
        "prices": prices_config(rate_card()),
        "texts": {name: texts[name] for name in names},
    }


def player_config(gifts: Iterable[Gift]) -> dict[str, Any]:
    """What the player of gifts starts from, on whichever page."""
    return {
        "gifts": [
            {
                "slug": gift.slug,
                "name": gift.name,
                "coins": gift.coins,
                "tier": gift.tier,
                "display": gift.display,
                "streakable": gift.streakable,
                "has_motion": gift.has_motion,
                "art": static(f"gifts/art/{gift.slug}.svg"),
            }
            for gift in gifts
        ],
        "unknown_art": static("img/parcel.svg"),
        "player_texts": {
            "skip": _("Skip"),
            "sending": _("Sending…"),
            "refused": _("Not sent"),
            "anonymous": _("Somebody"),
            "test": _("Test"),
            "times": _("×{n}"),
        },
    }


def script_texts() -> dict[str, str | dict[str, str]]:
    """The sentences that the script fills: names stand in braces."""
    return {
        "times": _("×{n}"),
        "goal_far": _("{n} of {target}"),
        "goal_of_gift": _("{n} of {target} × {gift}"),
        "goal_reached": _("Reached"),
        "goal_moment": _("Goal reached: {title}"),
        "likes": plural_forms("{n} like", "{n} likes"),
        "board_on": _("You are on the board when you give."),
        "board_off": _("You are not on the board of this room."),
        "coins": plural_forms("{n} coin", "{n} coins"),
        "gifts": plural_forms("{n} gift", "{n} gifts"),
        "more_gifts": plural_forms("{n} more gift", "{n} more gifts"),
        "newer": plural_forms("{n} new line", "{n} new lines"),
        "characters_left": plural_forms("{n} character left", "{n} characters left"),
        "anonymous": _("Somebody"),
        "share": _("{creator} gets {money}"),
        "confirm": _("Send {creator} {gift}?"),
        "sent": _("{gift} sent"),
        "undone": _("Taken back. You have {coins} again."),
        "get_coins": _("Get {coins}"),
        "not_sent": _("Not sent"),
        "not_connected": _("You are not connected right now. Try again in a moment."),
        "video_waiting": _("{creator} is live. The picture starts in a moment."),
        "video_paused": _("The picture is paused. {creator} will be back in a moment."),
        "chat_pause": _("Pause"),
        "chat_go_on": _("Go on"),
        "stale": _("The room is a little behind. Gifts still arrive."),
        "link_waiting": _("Connecting again…"),
        "link_banned": _("You cannot take part in this creator's rooms."),
        "slow_mode": plural_forms(
            "Slow mode: one line in {n} second", "Slow mode: one line in {n} seconds"
        ),
        "followers_only": _("Only followers write here now."),
        "pin_left": _("{time} left"),
        "hidden": _("Taken away for everybody."),
        "not_now": _("This did not work. Please try again."),
        "link_over": _("This room cannot be reached any more. Load the page again to try."),
    }


def plural_forms(one: str, other: str) -> dict[str, str]:
    """The forms of a text by the names that browsers give to plural categories.

    gettext knows its forms by number; two sample numbers give the two that our languages have.
    """
    return {"one": ngettext(one, other, 1), "other": ngettext(one, other, 2)}
