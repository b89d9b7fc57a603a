"""The room in a real browser, against the real site."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from creators.actions.streams import end_stream
from gifts.models import SentGift
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer
from tests.live import Site
from tests.pages.rooms import choose, enter, open_gifts, room_path, sign_in
from users.models import User
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of

EVENTS = Path(__file__).resolve().parent.parent / "events"
STILL = {"reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    """One site for the whole module; every test has a room and people of its own."""
    return site


@pytest.fixture(autouse=True)
def the_books_add_up(live_site: Site) -> Iterator[None]:
    yield
    assert ledger_check() == []


def expect_balance(page: Page, coins: int, **options: float) -> None:
    shown = page.locator("#gift-balance [data-coins]")
    expect(shown).to_have_attribute("data-coins", str(coins), **options)


def test_a_gift_is_seen_in_a_second_window_and_can_be_taken_back(new_page):
    room, viewer = make_room(), make_viewer(coins=1_000, display_name="Mira")
    sender = enter(new_page("phone", **STILL), room, user=viewer)
    other = enter(new_page(**STILL), room)

    open_gifts(sender)
    choose(sender, "river-koi")
    order = sender.locator("#gift-order")
    expect(order).to_contain_text("120 coins")
    expect(order).to_contain_text("$1.20")
    expect(order).to_contain_text("gets $0.84")
    sender.locator("#gift-send").click()

    for page in (sender, other):
        card = page.locator(".gift-card[data-state=sent]")
        expect(card).to_contain_text("Mira")
        expect(card).to_contain_text("River Koi")
        expect(page.locator("#room-total")).to_contain_text("1 gift")
        expect(page.locator("#room-total [data-coins]")).to_have_attribute("data-coins", "120")
    expect(other.locator("#chat-list")).to_contain_text("Mira sent River Koi")
    expect_balance(sender, 880)
    assert coins_of(viewer.pk) == 880

    sender.get_by_role("button", name="Undo").click()
    expect_balance(sender, 1_000)
    expect(other.locator("#room-total")).to_be_hidden()
    expect(other.locator(".gift-card")).to_have_count(0)
    expect(other.locator(".chat__line--gift:visible")).to_have_count(0)
    expect(sender.locator(".undo__bar")).to_have_count(0)
    assert coins_of(viewer.pk) == 1_000


def test_pressing_again_and_holding_make_a_streak(new_page):
    room, viewer = make_room(), make_viewer(coins=100)
    page = enter(new_page("phone", **STILL), room, user=viewer)
    open_gifts(page)
    choose(page, "acorn")
    box = page.locator("#gift-send").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    expect(page.locator(".chat__times").first).to_have_text(re.compile("×[3-9]"))
    page.mouse.up()
    expect(page.locator(".undo__what")).to_contain_text("×")
    expect(page.locator("#gift-form")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_function("!document.querySelector('.gift-card[data-state=sending]')")
    sent = list(SentGift.objects.filter(place_id=room.pk))
    assert len(sent) >= 3
    assert len({gift.streak_id for gift in sent}) == 1
    assert coins_of(viewer.pk) == 100 - 5 * sum(gift.quantity for gift in sent)


def test_a_dear_gift_asks_first_and_moves_nothing_when_left(new_page):
    room, viewer = make_room(), make_viewer(coins=2_000)
    page = enter(new_page(**STILL), room, user=viewer)
    choose(page, "bicycle")
    page.locator("#gift-send").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("500 coins")
    expect(dialog).to_contain_text("1,500 coins")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#gift-send")).to_be_focused()
    assert coins_of(viewer.pk) == 2_000
    assert not SentGift.objects.filter(place_id=room.pk).exists()

    page.locator("#gift-send").click()
    dialog.get_by_role("button", name="Send it").click()
    expect_balance(page, 1_500)
    assert SentGift.objects.filter(place_id=room.pk).count() == 1


def test_too_few_coins_lead_to_exactly_the_missing_ones_and_back(new_page):
    room, viewer = make_room(), make_viewer(coins=20)
    page = enter(new_page("phone", **STILL), room, user=viewer)
    open_gifts(page)
    choose(page, "river-koi")
    page.locator("#gift-send").click()
    top_up = page.locator("#gift-notice").get_by_role("link")
    expect(top_up).to_have_text("Get 100 coins ($1.00)")
    expect(page.locator(".gift-card[data-state=sent]")).to_have_count(0)
    assert coins_of(viewer.pk) == 20

    top_up.click()
    expect(page.locator("input[name=choice][value='100']")).to_be_checked()
    page.get_by_role("checkbox", name=re.compile("Deliver my coins")).check()
    page.get_by_role("button", name="Go on to pay").click()
    page.get_by_role("button", name=re.compile("^Pay ")).click()

    page.wait_for_url(f"**{room_path(room, 'river-koi')}")
    panel = page.locator("#gift-panel")
    expect(panel).to_have_attribute("data-open", "")
    expect(page.locator("[data-gift=river-koi]")).to_have_attribute("aria-checked", "true")
    expect_balance(page, 120)
    page.locator("#gift-send").click()
    expect_balance(page, 0)
    assert SentGift.objects.filter(place_id=room.pk).count() == 1


def test_signed_out_a_tap_on_a_gift_leads_through_sign_up_and_back(new_page):
    room = make_room()
    page = enter(new_page("phone", **STILL), room)
    open_gifts(page)
    page.get_by_role("link", name=re.compile("Pocket Acorn")).click()
    page.wait_for_url("**/accounts/signup/**")
    page.fill("input[name=email]", "newcomer@example.org")
    page.fill("input[name=password1]", "a long pass phrase of mine")
    page.fill("input[name=handle]", "newcomer")
    page.fill("input[name=date_of_birth]", "1990-05-17")
    page.check("input[name=terms]")
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url(f"**{room_path(room, 'acorn')}")
    expect(page.locator("#gift-panel")).to_have_attribute("data-open", "")
    expect(page.locator("#gift-order")).to_contain_text("Pocket Acorn")
    expect_balance(page, 0)
    assert User.objects.filter(handle="newcomer").exists()


def test_when_the_stream_ends_the_room_says_so_and_thanks(new_page):
    room, another = make_room(), make_room()
    page = enter(new_page("phone", **STILL), room)
    end_stream(place_id=room.pk)
    ended = page.locator("#room-ended")
    expect(ended).to_be_visible()
    expect(ended.get_by_role("heading", level=2)).to_be_focused()
    expect(page.locator("#gift-open")).to_be_hidden()

    page.reload()
    expect(ended).to_contain_text("thank you")
    handle = room.place.creator.user.handle
    expect(ended.get_by_role("link", name=re.compile("page of"))).to_have_attribute(
        "href", f"/@{handle}/"
    )
    ended.locator(f"a[href='{room_path(another)}']").click()
    page.wait_for_url(f"**{room_path(another)}")


def test_without_script_a_form_sends_a_gift(new_page, live_site):
    room, viewer = make_room(), make_viewer(coins=50)
    page = new_page("phone", java_script_enabled=False)
    sign_in(page.context, viewer, live_site.url)
    page.goto(room_path(room))
    expect(page.get_by_role("heading", level=1)).to_have_text(room.title)
    page.get_by_role("link", name=re.compile("Morning Tulip")).click()
    expect(page.locator("#gift-order")).to_contain_text("Morning Tulip")
    page.get_by_label("×5").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(f"**{room_path(room, 'tulip')}")
    expect(page.locator("#toasts")).to_contain_text("Morning Tulip was sent")
    sent = SentGift.objects.get(place_id=room.pk)
    assert (sent.quantity, sent.coins, coins_of(viewer.pk)) == (5, 50, 0)

    # The same page sent once more is the same wish; a new one is refused and moves nothing.
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#toasts")).to_contain_text("coins")
    assert SentGift.objects.filter(place_id=room.pk).count() == 1


def test_a_receipt_that_was_lost_is_asked_for_again_by_the_same_key(new_page):
    room, viewer = make_room(), make_viewer(coins=100)
    page, keys, sockets = new_page(**STILL), [], []

    def lose_the_first_receipt(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        sockets.append(socket)

        def on_sent(message):
            if '"send_gift"' in message:
                keys.append(re.search(r'"key":"([^"]+)"', message)[1])
            server.send(message)

        def on_answer(message):
            lost = len(sockets) == 1 and b'"receipt"' in message and keys
            if lost:
                server.close(code=1012)
                socket.close(code=1012)
            else:
                socket.send(message)

        socket.on_message(on_sent)
        server.on_message(on_answer)

    page.route_web_socket(re.compile("/socket/"), lose_the_first_receipt)
    enter(page, room, user=viewer)
    choose(page, "acorn")
    first = len(sockets)
    page.locator("#gift-send").click()
    expect(page.locator(".undo__bar")).to_contain_text("Pocket Acorn sent", timeout=20_000)
    assert first >= 1
    assert len(set(keys)) == 1
    assert SentGift.objects.filter(place_id=room.pk).count() == 1
    assert coins_of(viewer.pk) == 95


def test_gifts_that_were_too_many_are_one_line_with_their_number(new_page):
    page = new_page(**STILL)
    example = json.loads((EVENTS / "tick_left_out.json").read_text())

    def crowd(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def on_answer(message):
            socket.send(message)
            said = json.loads(message)
            if said["type"] == "snapshot":
                for number in (1, 2):
                    own = {"epoch": said["epoch"], "seq": said["seq"] + number, "events": []}
                    socket.send(json.dumps(example | own).encode())

        server.on_message(on_answer)

    page.route_web_socket(re.compile("/socket/"), crowd)
    enter(page, make_room())
    line = page.locator(".chat__line--left-out")
    expect(line).to_have_text(re.compile("820 more gifts"))
    expect(line).to_contain_text("4,120 coins")
    expect(page.locator("#room-total")).to_contain_text("448 gifts")


@pytest.mark.slow
def test_a_gift_sent_while_the_server_is_away_arrives_once_when_it_is_back(
    new_page, live_site, page_errors
):
    page_errors.allow("ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource")
    room, viewer = make_room(), make_viewer(coins=100)
    page = enter(new_page("phone", **STILL), room, user=viewer)
    open_gifts(page)
    choose(page, "acorn")
    live_site.kill("web")
    expect(page.locator("#room[data-link=waiting]")).to_be_attached()
    expect(page.locator("#room-link")).to_contain_text("Connecting again")
    page.locator("#gift-send").click()
    expect(page.locator(".gift-card[data-state=sending]")).to_be_visible()
    assert coins_of(viewer.pk) == 100

    live_site.start("web")
    expect_balance(page, 95, timeout=60_000)
    expect(page.locator("#room-link")).to_be_empty(timeout=20_000)
    assert SentGift.objects.filter(place_id=room.pk).count() == 1
    assert coins_of(viewer.pk) == 95


def test_chat_is_there_at_once_seen_by_others_and_can_be_paused(new_page):
    room = make_room()
    mira, otis = (make_viewer(display_name=name) for name in ("Mira", "Otis"))
    one = enter(new_page("phone", **STILL), room, user=mira)
    two = enter(new_page(**STILL), room, user=otis)
    two.get_by_role("button", name="Pause", exact=True).click()

    one.locator("#chat-text").fill("Good   evening <b>all</b>")
    one.keyboard.press("Enter")
    line = one.locator(".chat__line", has_text="Good evening <b>all</b>")
    expect(line).to_have_count(1)
    expect(line).not_to_have_attribute("data-state", "sending")
    expect(one.locator("#chat-text")).to_have_value("")
    expect(two.locator(".chat__line")).to_have_count(0)

    two.get_by_role("button", name="Go on", exact=True).click()
    expect(two.locator(".chat__line")).to_have_text(re.compile("Mira Good evening <b>all</b>"))
    one.locator("#chat-text").fill("x" * 290)
    expect(one.locator("#chat-count")).to_have_text("10 characters left")


def test_the_panel_is_used_by_keys_alone(new_page):
    room, viewer = make_room(), make_viewer(coins=10)
    page = enter(new_page("phone", **STILL), room, user=viewer)
    page.locator("#gift-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#gift-panel-title")).to_be_focused()
    page.locator("#tab-tray").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-banner")).to_be_focused()
    expect(page.locator("#shelf-banner")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(page.locator("[data-gift=clover]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-gift=warm-cup]")).to_have_attribute("aria-checked", "true")
    page.locator("#gift-send").focus()
    page.keyboard.press("Enter")
    expect_balance(page, 9)
    page.keyboard.press("Escape")
    expect(page.locator("#gift-open")).to_be_focused()
    expect(page.locator("#gift-panel")).not_to_have_attribute("data-open", "")


def test_calm_mode_stops_the_scene_and_shows_gifts_as_stills(new_page):
    room, viewer = make_room(), make_viewer(coins=100)
    page = enter(new_page(), room, user=viewer)
    running = "document.querySelector('#stage-scene').getAnimations({subtree: true})"
    playing = f"{running}.filter((a) => a.playState === 'running').length"
    page.wait_for_function(f"{playing} > 3")
    page.locator("#calm-switch").click()
    page.wait_for_function(f"{playing} === 0")
    expect(page.locator("#stage-pause")).to_be_hidden()
    choose(page, "first-rain")
    page.locator("#gift-send").click()
    card = page.locator(".gift-card[data-state=sent]")
    expect(card).to_have_attribute("data-calm", "")
    expect(card.locator("img")).to_be_visible()
    page.reload()
    expect(page.locator("#calm-switch")).to_have_attribute("aria-pressed", "true")
