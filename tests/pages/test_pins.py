"""Pinned messages and returned gifts, in windows beside each other."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from creators.models import ModerationAct
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site, check_axe
from tests.pages.rooms import enter, no_sideways_scroll
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of

STILL = {"reduced_motion": "reduce"}
SOON = 2_000


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


@pytest.fixture(autouse=True)
def the_books_add_up(live_site: Site) -> Iterator[None]:
    yield
    assert ledger_check() == []


def pins(page: Page):
    return page.locator(".pins__pin")


@pytest.mark.parametrize(("device", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_a_dear_message_stands_over_the_chat_until_somebody_ends_it(new_page, device, scheme):
    room, viewer = make_room(), make_viewer(5_000, display_name="Mira")
    owner = room.place.creator.user
    watching = enter(new_page(device, color_scheme=scheme, **STILL), room, user=make_viewer())
    own = enter(new_page(**STILL), room, user=owner)
    dear = "bicycle"  # 500 coins
    for text in ("For the old song", "And one more", "Something rude"):
        assert send(viewer, room, dear, message=text, confirmed=True).done
    expect(pins(watching)).to_have_count(3, timeout=SOON)
    expect(pins(watching).first).to_contain_text("Mira")
    expect(pins(watching).first).to_contain_text("500 coins $5.00")
    expect(pins(watching).first.locator("[data-left]")).to_contain_text("1:")
    expect(watching.get_by_role("button", name="Unpin")).to_have_count(0)
    check_axe(watching)
    no_sideways_scroll(watching)
    watching.locator(".pins__list").focus()
    expect(watching.locator(".pins__list")).to_be_focused()
    # Who comes now sees them, too.
    expect(pins(enter(new_page(**STILL), room))).to_have_count(3)

    first = own.locator(".pins__pin", has_text="For the old song")
    first.get_by_role("button", name="Unpin").press("Enter")
    expect(pins(watching)).to_have_count(2, timeout=SOON)
    rude = own.locator(".chat__message", has_text="Something rude")
    rude.locator("[data-hide]").click()
    expect(pins(watching)).to_have_text([re.compile("And one more")], timeout=SOON)
    assert "Something rude" not in watching.content()
    kinds = ModerationAct.objects.filter(creator=owner.pk).values_list("kind", flat=True)
    assert sorted(kinds) == ["hide", "unpin"]


def test_a_creator_returns_a_gift_from_the_room(new_page):
    room, viewer = make_room(), make_viewer(1_000, display_name="Mira")
    watching = enter(new_page("phone", **STILL), room, user=viewer)
    own = enter(new_page(**STILL), room, user=room.place.creator.user)
    for _ in range(2):
        assert send(viewer, room, "compass").done
    lines = own.locator(".chat__line--gift")
    expect(lines).to_have_count(2, timeout=SOON)
    expect(watching.locator("[data-return]")).to_have_count(0)
    lines.first.get_by_role("link", name="Return").click()
    expect(own.get_by_text("It goes back to whoever sent it")).to_be_visible()
    check_axe(own)
    own.get_by_role("button", name="Return it in full").click()
    expect(watching.locator(".chat__line--gift:visible")).to_have_count(1, timeout=SOON)
    expect(own.get_by_text("went back", exact=True)).to_have_count(1)
    check_axe(own)
    no_sideways_scroll(own)
    assert coins_of(viewer.pk) == 901
