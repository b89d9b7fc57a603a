"""The overlay in a real browser: every streak once, whatever is opened, killed or revoked."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from creators.actions.streams import end_stream
from creators.models import Stream
from gifts.actions.goals import set_goal
from gifts.actions.hiding import hide_message
from gifts.actions.overlays import make_overlay, make_trial_alert, revoke_overlay
from gifts.models import Gift, Overlay, SentGift
from tests.creators.make import make_stream
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site
from tests.pages.rooms import no_sideways_scroll, sign_in
from wallets.check import ledger_check
from wallets.models import Transfer

OBS = {"viewport": {"width": 1080, "height": 1920}, "reduced_motion": "reduce"}
# Every card that was ever drawn, also when it is gone.
REMEMBER_CARDS = """
window.cards = [];
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes)
      if (node.matches?.(".gift-card")) window.cards.push(node);
}).observe(document, { childList: true, subtree: true });
"""
CARDS = """() => window.cards.map((card) =>
  [".gift-card__gift", ".gift-card__count"].map((part) => card.querySelector(part).textContent))"""
WITHIN_MS = 20_000


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


@pytest.fixture(autouse=True)
def the_books_add_up(live_site: Site) -> Iterator[None]:
    yield
    assert ledger_check() == []


def open_overlay(new_page, token: str, wishes: str = "") -> Page:
    page = new_page(**OBS)
    page.add_init_script(REMEMBER_CARDS)
    page.goto(f"/overlay/{wishes}#{token}")
    expect(page.locator("#overlay")).not_to_have_attribute("data-state", "closed")
    return page


def overlay_of(room: Stream) -> str:
    return make_overlay(creator_id=room.place.creator_id)


def live(page: Page) -> Page:
    expect(page.locator("#overlay")).to_have_attribute("data-state", "live", timeout=WITHIN_MS)
    return page


def drawn(page: Page, *cards: tuple[str, str]) -> None:
    """These cards were drawn so far, in any order, each once."""
    page.wait_for_function("most => window.cards.length >= most", arg=len(cards), timeout=WITHIN_MS)
    assert sorted(map(tuple, page.evaluate(CARDS))) == sorted(cards)


def names(*slugs: str) -> list[str]:
    found = dict(Gift.objects.values_list("slug", "name"))
    return [found[slug] for slug in slugs]


def test_a_streak_of_thirty_is_one_alert(new_page):
    room, viewer = make_room(), make_viewer(coins=1_000, display_name="Mira")
    page = live(open_overlay(new_page, overlay_of(room)))
    for _ in range(30):
        send(viewer, room, "acorn")
    card = page.locator(".gift-card")
    expect(card).to_contain_text("×30", timeout=WITHIN_MS)
    expect(card).to_contain_text("Mira")
    assert SentGift.objects.filter(place_id=room.pk).count() == 30
    # What comes after it shows that nothing more of it was to come.
    send(viewer, room, "feather")
    acorn, feather = names("acorn", "feather")
    drawn(page, (acorn, "×30"), (feather, ""))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"


def test_two_sources_of_the_same_streak_give_one_alert(new_page):
    room, viewer = make_room(), make_viewer(coins=1_000)
    token = overlay_of(room)
    pages = [live(open_overlay(new_page, token)) for _ in range(2)]
    preview = live(open_overlay(new_page, token, "?preview"))
    slugs = ("acorn", "feather", "clover")
    for slug in slugs:
        send(viewer, room, slug, quantity=2)
    wanted = sorted((name, "×2") for name in names(*slugs))
    for page in pages:
        page.wait_for_function("() => !window.cards.some((card) => card.isConnected)")

    def all_drawn() -> list[tuple[str, str]]:
        return sorted(tuple(card) for page in pages for card in page.evaluate(CARDS))

    for _ in range(100):
        if len(all_drawn()) >= len(wanted):
            break
        pages[0].wait_for_timeout(200)
    send(viewer, room, "tide-shell")
    last = (names("tide-shell")[0], "")
    for _ in range(100):
        if last in all_drawn():
            break
        pages[0].wait_for_timeout(200)
    assert all_drawn() == sorted([*wanted, last])
    assert preview.evaluate(CARDS) == []


def test_killed_and_restarted_in_a_streak_every_streak_is_shown_once(new_page):
    room, viewer = make_room(), make_viewer(coins=1_000)
    other = make_viewer(coins=1_000)
    token = overlay_of(room)
    page = live(open_overlay(new_page, token))
    send(viewer, room, "clover", quantity=3)
    acorn, clover, feather, shell = names("acorn", "clover", "feather", "tide-shell")
    drawn(page, (clover, "×3"))
    send(viewer, room, "acorn", quantity=5)
    page.context.close()
    # It goes on, and another one begins and ends, while nobody looks.
    send(viewer, room, "acorn", quantity=5)
    send(other, room, "feather", quantity=4)
    again = live(open_overlay(new_page, token))
    drawn(again, (acorn, "×10"), (feather, "×4"))
    send(viewer, room, "tide-shell")
    drawn(again, (acorn, "×10"), (feather, "×4"), (shell, ""))


@pytest.mark.parametrize("is_live", [True, False])
def test_a_revoked_token_closes_the_open_overlay(new_page, page_errors, is_live):
    page_errors.allow(r"status of 403")
    room, viewer = make_room(), make_viewer(coins=100)
    token = overlay_of(room)
    if not is_live:
        end_stream(place_id=room.pk)
    page = open_overlay(new_page, token)
    expect(page.locator("#overlay")).to_have_attribute(
        "data-state", "live" if is_live else "waiting"
    )
    public_id = Overlay.objects.get(creator=room.place.creator_id).public_id
    revoke_overlay(creator_id=room.place.creator_id, public_id=public_id)
    expect(page.locator("#overlay")).to_have_attribute("data-state", "closed", timeout=5_000)
    expect(page.locator("#overlay")).to_be_hidden()
    if is_live:
        send(viewer, room, "river-koi")
    asked = "performance.getEntriesByName(new URL('/overlay/next/', location.href).href).length"
    before = page.evaluate(asked)
    page.wait_for_timeout(3_500)
    assert page.evaluate(asked) == before
    assert page.evaluate("window.cards.length") == 0


def test_alerts_that_wait_follow_one_another(new_page):
    room = make_room()
    page = live(open_overlay(new_page, overlay_of(room)))
    for slug, count in (("acorn", 30), ("feather", 2), ("clover", 3)):
        gift = Gift.objects.get(slug=slug)
        make_trial_alert(creator_id=room.place.creator_id, gift=gift, count=count)
    # Three rows fit on the screen together: none waits for the next time that the page asks anyway.
    expect(page.locator(".gift-card")).to_have_count(3, timeout=WITHIN_MS)


def test_it_follows_its_creator_from_one_stream_to_the_next(new_page):
    room, viewer = make_room(), make_viewer(coins=100)
    page = live(open_overlay(new_page, overlay_of(room)))
    end_stream(place_id=room.pk)
    expect(page.locator("#overlay")).to_have_attribute("data-state", "waiting", timeout=WITHIN_MS)
    following = make_stream(room.place.creator)
    live(page)
    send(viewer, following, "acorn", quantity=2)
    drawn(page, (names("acorn")[0], "×2"))


def test_a_hidden_message_leaves_what_is_on_the_screen(new_page):
    room, viewer = make_room(), make_viewer(coins=10_000)
    page = live(open_overlay(new_page, overlay_of(room)))
    whale = Gift.objects.filter(streakable=False, display="big").order_by("coins").first()
    sent = send(viewer, room, whale, message="good evening", confirmed=True)
    note = page.locator(".gift-card .gift-card__note")
    expect(note).to_have_text("good evening", timeout=WITHIN_MS)
    hide_message(actor=room.place.creator.user, gift_id=sent.operation)
    expect(note).to_have_text("", timeout=2_000)
    expect(page.locator(".gift-card")).to_be_visible()
    assert "good evening" not in page.content()


def test_the_page_makes_tests_and_revokes(new_page, axe):
    room = make_room()
    user = room.place.creator.user
    page = new_page("phone")
    sign_in(page.context, user, page.request.get("/").url)
    page.goto("/creator/overlay/")
    axe(page)
    page.get_by_role("button", name="Make an overlay").click()
    address = page.locator("#address").inner_text()
    assert re.search(r"/overlay/#[\w-]{43}$", address)
    axe(page)
    no_sideways_scroll(page)
    overlay = live(open_overlay(new_page, address.partition("#")[2]))
    axe(overlay)
    before = Transfer.objects.count()
    page.get_by_label("Gift", exact=True).select_option(label="River Koi")
    page.get_by_label("How many", exact=True).fill("7")
    page.get_by_role("button", name="Send a test alert").click()
    card = overlay.locator(".gift-card")
    expect(card).to_contain_text("River Koi · Test", timeout=WITHIN_MS)
    expect(card).to_contain_text("×7")
    assert Transfer.objects.count() == before
    assert not SentGift.objects.filter(place_id=room.pk).exists()

    page.goto("/creator/overlay/")
    page.get_by_label("Own CSS").fill(".gift-card { outline: 3px solid rgb(1, 2, 3) }")
    page.get_by_role("button", name="Save").click()
    own = "getComputedStyle(document.querySelector('.gift-card')).outlineColor === 'rgb(1, 2, 3)'"
    page.get_by_role("button", name="Send a test alert").click()
    overlay.wait_for_function(f"() => document.querySelector('.gift-card') && {own}")


def test_own_css_reaches_no_other_site(new_page, page_errors):
    room = make_room()
    token = overlay_of(room)
    style = ".overlay { background-image: url(https://thief.example/x?seen) }"
    Overlay.objects.filter(creator=room.place.creator_id).update(style=style)
    page_errors.allow(r"CSP: img-src blocked|violates the following Content Security Policy")
    page = new_page(**OBS)
    asked = []
    answered = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfinished", lambda request: answered.append(request.url))
    page.goto(f"/overlay/#{token}")
    expect(page.locator("#own-style")).to_be_attached()
    page.wait_for_function(
        "() => getComputedStyle(document.getElementById('overlay')).backgroundImage"
        ".includes('thief')"
    )
    expect(page.locator("#overlay")).to_have_attribute("data-state", "live", timeout=WITHIN_MS)
    assert any("CSP: img-src blocked https://thief" in error for error in page_errors.found)
    assert answered
    assert not [url for url in answered if "thief" in url]
    assert token not in page.content()
    assert not [url for url in asked if token in url.partition("#")[0]]


def test_goal_and_board_are_shown_where_the_address_asks_for_them(new_page):
    room, fan = make_room(), make_viewer(coins=100, display_name="Rudi")
    owner, token = room.place.creator.user, overlay_of(room)
    whole = live(open_overlay(new_page, token, "?preview"))
    board = live(open_overlay(new_page, token, "?show=board&preview"))
    set_goal(actor=owner, place_id=room.pk, title="A new lamp", target=20)
    send(fan, room, "acorn", quantity=2)
    expect(whole.locator("#overlay-goal")).to_contain_text("10 of 20 coins ($0.20)", timeout=2_000)
    for page in (whole, board):
        expect(page.locator("#board-list > li")).to_contain_text("Rudi", timeout=2_000)
    expect(board.locator("#overlay-goal")).to_be_hidden()
    send(fan, room, "acorn", quantity=2)
    expect(whole.locator("#goal-moment")).to_contain_text("A new lamp", timeout=2_000)
    end_stream(place_id=room.pk)
    expect(whole.locator("#overlay-board")).to_be_hidden(timeout=WITHIN_MS)
