"""Chat with its rules, moderation and messages with gifts, in windows beside each other."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from creators.actions.moderating import name_moderator
from creators.models import ModerationAct, Restriction, Stream
from gifts.models import ChatLine, SentGift
from tests.gifts.conftest import module_db, site  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site
from tests.pages.rooms import choose, enter, no_sideways_scroll, open_gifts, sign_in
from users.models import User
from wallets.check import ledger_check
from wallets.selectors.balances import coins_of

STILL = {"reduced_motion": "reduce"}
SOON = 2_000  # what one does, another sees within two seconds


@pytest.fixture(scope="module")
def live_site(site: Site) -> Site:  # noqa: F811
    return site


@pytest.fixture(autouse=True)
def the_books_add_up(live_site: Site) -> Iterator[None]:
    yield
    assert ledger_check() == []


def owner_of(room: Stream) -> User:
    return room.place.creator.user


def say(page: Page, text: str) -> Locator:
    page.locator("#chat-text").fill(text)
    page.keyboard.press("Enter")
    return page.locator(".chat__line", has_text=text)


def settled(line: Locator) -> None:
    expect(line).to_have_count(1)
    expect(line).not_to_have_attribute("data-state", "sending")


def open_card(page: Page, name: str) -> Locator:
    page.locator(".chat__line", has_text=name).first.locator("[data-person]").click()
    card = page.locator("#person-card")
    expect(card.get_by_role("heading", name=name)).to_be_visible()
    return card


def refused(page_or_client: Client, path: str, **fields: str) -> str:
    answer = page_or_client.post(path, fields)
    assert answer.status_code in (401, 403, 404), answer.status_code
    return answer.content.decode()


def test_a_line_is_taken_away_for_everybody_and_only_by_who_may(new_page):
    room = make_room()
    writer, reader = (make_viewer(display_name=name) for name in ("Rudi", "Mira"))
    own = enter(new_page("phone", **STILL), room, user=owner_of(room))
    one = enter(new_page(**STILL), room, user=writer)
    two = enter(new_page("phone", **STILL), room, user=reader)
    settled(say(one, "Something unkind"))
    line = two.locator(".chat__line", has_text="Something unkind")
    expect(line).to_have_count(1, timeout=SOON)
    expect(line.locator("[data-hide]")).to_have_count(0)
    client = Client()
    client.force_login(reader)
    said = ChatLine.objects.get(place=room.pk)
    answer = refused(client, f"/live/{room.place.public_id}/hide/", line=str(said.pk))
    assert "not_allowed" in answer
    assert not ModerationAct.objects.filter(creator=room.place.creator_id).exists()

    own.locator(".chat__line", has_text="Something unkind").locator("[data-hide]").click()
    for page in (own, one, two):
        expect(page.locator(".chat__line")).to_have_count(0, timeout=SOON)
    expect(enter(new_page(**STILL), room).locator("#chat-empty")).to_be_visible()

    # The log is on the creator's pages, and takes it back; the line is where it was.
    own.goto(f"/@{owner_of(room).handle}/moderation/")
    own.get_by_role("link", name="Show the text").click()
    expect(own.locator("q")).to_have_text("Something unkind")
    own.get_by_role("button", name="Take back").click()
    expect(two.locator(".chat__line", has_text="Something unkind")).to_have_count(1, timeout=SOON)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_the_sender_of_a_gift_without_a_name_is_banned_at_its_line(new_page, axe, window):
    room, giver = make_room(), make_viewer(100, display_name="Quinta")
    reader = enter(new_page("phone", **STILL), room, user=make_viewer())
    own = enter(new_page(window, **STILL), room, user=owner_of(room))
    quinta = enter(new_page("phone", **STILL), room, user=giver)
    assert send(giver, room, "acorn", anonymous=True).done
    for page in (own, reader):
        expect(page.locator(".chat__line--gift")).to_have_count(1, timeout=SOON)
    expect(reader.locator(".chat__line--gift [data-person]")).to_be_disabled()
    own.locator(".chat__line--gift [data-person]").click()
    card = own.locator("#person-card")
    expect(card.get_by_role("heading", name="Sender of an anonymous gift")).to_be_visible()
    axe(own)
    no_sideways_scroll(own)
    card.get_by_role("button", name="Ban from").click()
    expect(card.locator(".badge--bad")).to_have_text("Banned")
    expect(quinta.locator("#room")).to_have_attribute("data-link", "banned", timeout=SOON)
    assert "Quinta" not in own.content()
    own.screenshot(path=f"test-results/sender-card-{window}.png")


def test_a_moderator_bans_from_the_card_and_the_person_is_out(new_page, page_errors):
    room = make_room()
    rude, moderator = (make_viewer(100, display_name=name) for name in ("Rudi", "Mona"))
    name_moderator(creator_id=room.place.creator_id, actor=owner_of(room), handle=moderator.handle)
    mona = enter(new_page(**STILL), room, user=moderator)
    rudi = enter(new_page("phone", **STILL), room, user=rude)
    settled(say(rudi, "First insult"))
    settled(say(rudi, "Second insult"))
    expect(mona.locator(".chat__line")).to_have_count(2, timeout=SOON)
    card = open_card(mona, "Rudi")
    expect(card).to_contain_text("First insult")
    card.get_by_label("Reason").fill("Insults")
    card.get_by_role("button", name="Ban from").click()
    expect(card.locator(".badge--bad")).to_have_text("Banned")
    expect(mona.locator(".chat__line")).to_have_count(0, timeout=SOON)
    expect(rudi.locator("#room-link")).to_contain_text("cannot take part", timeout=SOON)
    expect(rudi.locator("#room")).to_have_attribute("data-link", "banned")

    page_errors.allow("403")
    open_gifts(rudi)
    choose(rudi, "acorn")
    rudi.locator("#gift-send").click()
    expect(rudi.locator("#gift-notice")).to_contain_text("cannot take part", timeout=10_000)
    assert coins_of(rude.pk) == 100
    assert not SentGift.objects.filter(sender_id=rude.pk).exists()
    kinds = ModerationAct.objects.filter(target=rude).values_list("kind", "reason")
    assert sorted(kinds) == [("ban", "Insults"), ("hide", "Insults")]

    card.get_by_role("button", name="Let in again").click()
    expect(card.get_by_role("button", name="Ban from")).to_be_visible()
    settled(say(enter(rudi, room), "Sorry"))


def test_a_moderator_cannot_act_on_the_creator(new_page, page_errors):
    room, moderator = make_room(), make_viewer(display_name="Mona")
    owner = owner_of(room)
    name_moderator(creator_id=owner.pk, actor=owner, handle=moderator.handle)
    own = enter(new_page(**STILL), room, user=owner)
    settled(say(own, "My own room"))
    mona = enter(new_page(**STILL), room, user=moderator)
    card = open_card(mona, owner.name)
    page_errors.allow("403")
    card.get_by_role("button", name="Mute").click()
    expect(card.locator(".alert--bad")).to_contain_text("do not have the right")
    assert not Restriction.objects.filter(person=owner).exists()


def test_slow_mode_is_set_on_the_dashboard_and_kept(new_page):
    room, viewer = make_room(), make_viewer(display_name="Mira")
    own, mira = new_page(**STILL), enter(new_page("phone", **STILL), room, user=viewer)
    sign_in(own.context, owner_of(room), own.request.get("/creator/room/").url)
    own.goto("/creator/room/")
    own.get_by_label("Slow mode").select_option("300")
    own.get_by_role("button", name="Save the rules").click()
    expect(mira.locator("#chat-rules")).to_have_text(
        "Slow mode: one line in 300 seconds", timeout=SOON
    )
    settled(say(mira, "One"))
    line = say(mira, "Two")
    expect(line).to_have_attribute("data-state", "refused")
    expect(line.locator("[data-note]")).to_contain_text("Slow mode is on")
    assert ChatLine.objects.filter(place=room.pk).count() == 1


def test_followers_only_lets_in_who_follows(new_page):
    room, viewer = make_room(), make_viewer(display_name="Mira")
    own, mira = new_page(**STILL), enter(new_page("phone", **STILL), room, user=viewer)
    sign_in(own.context, owner_of(room), own.request.get("/creator/room/").url)
    own.goto("/creator/room/")
    own.get_by_label("Only followers may write").check()
    own.get_by_role("button", name="Save the rules").click()
    expect(mira.locator("#chat-rules")).to_contain_text("Only followers", timeout=SOON)
    expect(say(mira, "Let me")).to_have_attribute("data-state", "refused")
    mira.goto(f"/@{owner_of(room).handle}/")
    mira.get_by_role("button", name="Follow").click()
    expect(mira.get_by_role("button", name="Following")).to_be_visible()
    settled(say(enter(mira, room), "Now I may"))


def test_the_reader_pauses_by_key_and_goes_on_by_the_chip(new_page):
    room = make_room()
    mira, otis = (make_viewer(display_name=name) for name in ("Mira", "Otis"))
    writer = enter(new_page(**STILL), room, user=mira)
    reader = enter(new_page("phone", **STILL), room, user=otis)
    reader.locator("#chat-list").focus()
    reader.keyboard.press("p")
    expect(reader.locator("#chat-pause")).to_have_attribute("aria-pressed", "true")
    for text in ("One", "Two"):
        settled(say(writer, text))
    expect(reader.locator("#chat-newer")).to_have_text("2 new lines", timeout=SOON)
    expect(reader.locator(".chat__line")).to_have_count(0)
    reader.locator("#chat-newer").click()
    expect(reader.locator(".chat__line")).to_have_count(2)
    expect(reader.locator("#chat-pause")).to_have_attribute("aria-pressed", "false")
    reader.locator("#chat-list").focus()
    reader.keyboard.press("ArrowUp")
    reader.keyboard.press("Enter")
    expect(reader.locator("#person-card")).to_contain_text("@" + mira.handle)
    expect(reader.locator("#person-card form.person-card__acts")).to_have_count(0)


def test_what_the_filter_refuses_stays_with_its_writer_and_says_why(new_page):
    room = make_room()
    mira, otis = (make_viewer(display_name=name) for name in ("Mira", "Otis"))
    own = new_page(**STILL)
    sign_in(own.context, owner_of(room), own.request.get("/creator/room/").url)
    own.goto("/creator/room/")
    own.get_by_label("Words and phrases").fill("Melonhead\nfiddle faddle")
    own.get_by_role("button", name="Add to the list").click()
    expect(own.locator(".word-list__word")).to_have_count(2)
    writer = enter(new_page("phone", **STILL), room, user=mira)
    reader = enter(new_page(**STILL), room, user=otis)
    for text, why in (
        ("see example dot com", "web address"),
        ("cheap c0ins", "offer of coins"),
        ("you m3lonhead", "not welcome here"),
    ):
        line = say(writer, text)
        expect(line).to_have_attribute("data-state", "refused")
        expect(line.locator("[data-note]")).to_contain_text(why)
        expect(writer.locator("#chat-text")).to_have_value(text)
    settled(say(writer, "Good evening"))
    expect(reader.locator(".chat__line")).to_have_text(re.compile("Good evening"), timeout=SOON)
    expect(reader.locator(".chat__line")).to_have_count(1)


def test_a_message_goes_with_a_gift_is_seen_and_can_be_taken_away_alone(new_page):
    room, viewer = make_room(), make_viewer(100, display_name="Mira")
    mira = enter(new_page("phone", **STILL), room, user=viewer)
    other, own = enter(new_page(**STILL), room), enter(new_page(**STILL), room, user=owner_of(room))
    open_gifts(mira)
    choose(mira, "acorn")
    mira.locator("#gift-message").fill("Write to me@example.org")
    expect(mira.locator("#gift-message-count")).to_have_text("127")
    mira.locator("#gift-send").click()
    expect(mira.locator("#gift-notice")).to_contain_text("e-mail address")
    expect(mira.locator("#gift-message")).to_have_value("Write to me@example.org")
    assert coins_of(viewer.pk) == 100
    assert not SentGift.objects.filter(place_id=room.pk).exists()

    mira.locator("#gift-message").fill("For the harbour song")
    mira.locator("#gift-send").click()
    for page in (other, own):
        expect(page.locator(".chat__message")).to_contain_text("For the harbour song", timeout=SOON)
    expect(mira.locator("#gift-message")).to_have_value("")
    own.locator(".chat__message [data-hide]").click()
    for page in (mira, other, own):
        expect(page.locator(".chat__message")).to_have_count(0, timeout=SOON)
        expect(page.locator("body")).not_to_contain_text("For the harbour song", timeout=SOON)
        expect(page.locator(".chat__line--gift")).to_have_count(1)
    expect(own.locator("#room-total")).to_contain_text("1 gift")
    fresh = enter(new_page(**STILL), room)
    expect(fresh.locator(".chat__line--gift")).to_have_count(1)
    expect(fresh.locator("body")).not_to_contain_text("For the harbour song")
    assert coins_of(viewer.pk) == 95


def test_messages_of_nobody_when_the_creator_wants_none(new_page):
    room, viewer = make_room(), make_viewer(100)
    own = new_page("phone", **STILL)
    sign_in(own.context, owner_of(room), own.request.get("/creator/room/").url)
    own.goto("/creator/room/")
    mira = enter(new_page(**STILL), room, user=viewer)
    own.get_by_label("Who may send a message with a gift").select_option("nobody")
    own.get_by_role("button", name="Save the rules").click()
    expect(own.get_by_text("Your rules are saved.")).to_be_visible()
    choose(mira, "acorn")
    mira.locator("#gift-message").fill("For you")
    mira.locator("#gift-send").click()
    expect(mira.locator("#gift-notice")).to_contain_text("without messages")
    assert coins_of(viewer.pk) == 100
    mira.reload()
    expect(mira.locator("#gift-message")).to_have_count(0)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_the_pages_of_moderation_are_accessible(new_page, axe, window):
    room, rude, moderator = make_room(), make_viewer(100, display_name="Rudi"), make_viewer()
    owner = owner_of(room)
    name_moderator(creator_id=owner.pk, actor=owner, handle=moderator.handle)
    send(rude, room, message="For the harbour song")
    rudi = enter(new_page(**STILL), room, user=rude)
    settled(say(rudi, "A line to look at"))
    own = enter(new_page(window, **STILL), room, user=owner)
    expect(own.locator(".chat__message")).to_be_visible()
    axe(own)
    own.screenshot(path=f"test-results/moderation-room-{window}.png")
    card = open_card(own, "Rudi")
    card.get_by_role("button", name="Mute").click()
    expect(card.locator(".badge--warn")).to_be_visible()
    axe(own)
    own.screenshot(path=f"test-results/moderation-card-{window}.png")
    for name, path in (
        ("rules", "/creator/room/"),
        ("log", f"/@{owner.handle}/moderation/"),
        ("person", f"/live/{room.place.public_id}/person/{rude.handle}/"),
    ):
        own.goto(path)
        axe(own)
        no_sideways_scroll(own)
        own.screenshot(path=f"test-results/moderation-{name}-{window}.png", full_page=True)
