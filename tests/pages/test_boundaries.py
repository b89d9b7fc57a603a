"""Boundaries and gifts without a name, in windows beside each other."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from creators.models import Boundaries
from gifts.models import SentGift
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer
from tests.live import Site, check_axe
from tests.pages.rooms import choose, enter, no_sideways_scroll, open_gifts, sign_in
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


@pytest.mark.parametrize(("device", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_boundaries_are_set_on_a_page_and_seen_in_the_room(new_page, device, scheme):
    room, viewer = make_room(), make_viewer(1_000)
    owner = room.place.creator.user
    watching = enter(new_page("phone", **STILL), room, user=viewer)
    panel = open_gifts(watching)
    choose(watching, "acorn")
    expect(watching.locator("#gift-boundaries")).to_be_hidden()

    page = new_page(device, color_scheme=scheme, **STILL)
    sign_in(page.context, owner, page.request.get("/").url)
    page.goto("/creator/")
    page.get_by_role("link", name="Boundaries").click()
    page.get_by_label("Smallest gift").fill("9")
    page.get_by_role("button", name="Save the boundaries").click()
    expect(watching.locator("#gift-boundaries")).to_contain_text(
        "takes gifts from 9 coins ($0.09) on", timeout=SOON + 1_000
    )
    expect(page.get_by_text("Your boundaries are saved")).to_be_visible()
    check_axe(page)
    no_sideways_scroll(page)
    expect(panel.locator("#gift-send")).to_be_disabled()
    panel.locator("[name=quantity][value='5']").check()  # five acorns are 25 coins
    expect(panel.locator("#gift-send")).to_be_enabled()

    page.get_by_role("button", name="Enough, thank you").click()
    expect(watching.locator("#gift-boundaries")).to_contain_text(
        "enough, thank you!", timeout=SOON + 1_000
    )
    expect(panel.locator("#gift-send")).to_be_disabled()
    check_axe(watching)
    # Who comes now reads it at once, also without script.
    plain = new_page(java_script_enabled=False)
    plain.goto(f"/live/{room.place.public_id}/")
    expect(plain.locator("#gift-boundaries")).to_contain_text("enough, thank you!")
    page.get_by_role("button", name="Take gifts again").click()
    expect(panel.locator("#gift-send")).to_be_enabled(timeout=SOON + 1_000)
    assert Boundaries.objects.get(pk=owner.pk).version == 3
    assert coins_of(viewer.pk) == 1_000


def test_boundaries_that_cannot_be_are_said_at_the_form(new_page):
    room = make_room()
    page = new_page(**STILL)
    sign_in(page.context, room.place.creator.user, page.request.get("/").url)
    page.goto("/creator/boundaries/")
    page.get_by_label("Smallest gift").fill("10")
    page.get_by_label("Largest gift").fill("5")
    page.get_by_role("button", name="Save the boundaries").click()
    expect(page.get_by_text("With these numbers no gift could be sent")).to_be_visible()
    check_axe(page)
    assert not Boundaries.objects.filter(pk=room.place.creator_id).exists()


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_gift_without_a_name_is_seen_and_nobody_sees_whose(new_page, device):
    room, viewer = make_room(), make_viewer(1_000, display_name="Quinta")
    owner = room.place.creator.user
    watching = enter(new_page(**STILL), room, user=owner)
    others = enter(new_page(**STILL), room)
    page = enter(new_page(device, **STILL), room, user=viewer)
    panel = open_gifts(page)
    choose(page, "acorn")
    panel.get_by_label("Message with the gift").fill("It is me")
    panel.get_by_label("Without my name").check()
    expect(panel.get_by_label("Message with the gift")).to_be_disabled()
    check_axe(page)
    panel.locator("#gift-send").click()
    line = watching.locator(".chat__line--gift")
    expect(line).to_contain_text("Somebody sent", timeout=SOON)
    # The creator can ban whoever it was; nobody else has anything to open.
    expect(line.locator("[data-person]")).to_be_enabled()
    theirs = others.locator(".chat__line--gift")
    expect(theirs).to_contain_text("Somebody sent", timeout=SOON)
    expect(theirs.locator("[data-person]")).to_be_disabled()
    expect(page.locator(".chat__line--gift")).to_contain_text("Somebody sent")
    assert viewer.handle not in watching.content()
    assert "Quinta" not in watching.content()
    assert SentGift.objects.get(place_id=room.pk).anonymous

    Boundaries.objects.create(creator=room.place.creator, version=1, anonymous=False)
    expect(panel.get_by_label("Without my name")).to_be_hidden(timeout=SOON + 1_000)
    panel.locator("#gift-send").click()
    expect(watching.locator(".chat__line--gift").nth(1)).to_contain_text("Quinta", timeout=SOON)
