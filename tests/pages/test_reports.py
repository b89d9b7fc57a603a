"""Reporting in a room, the staff's queue, and what everybody sees when staff end a stream."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from creators.models import Stream
from gifts.models import SentGift
from tests.gifts.conftest import module_db  # noqa: F401
from tests.gifts.make import make_room, make_viewer, send
from tests.live import Site
from tests.make import make_staff, make_user
from tests.pages.rooms import enter, no_sideways_scroll, sign_in
from tests.pages.test_moderation import SOON, STILL, open_card, owner_of, say, settled
from users.actions import reports
from users.models import AuditEntry, Report, User
from wallets.selectors.balances import coins_of

MAILED_SECONDS = 10


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="module")
def live_site(module_db, mails: Path, tmp_path_factory) -> Iterator[Site]:  # noqa: F811
    """The site with its worker, whose mails are files."""
    site = Site(tmp_path_factory.mktemp("site"), {"EMAIL_URL": f"filemail:///{mails}"})
    try:
        for name in ("web", "worker", "beat"):
            site.start(name)
        yield site
    finally:
        for name in list(site.processes):
            site.kill(name)
    assert "Traceback" not in site.log("web") + site.log("worker")


def open_as(page: Page, user: User, path: str) -> Page:
    sign_in(page.context, user, page.request.get("/accounts/login/").url)
    page.goto(path)
    return page


def mail_with(folder: Path, text: str) -> str:
    """The first mail that says this, when it is there."""
    deadline = time.monotonic() + MAILED_SECONDS
    while time.monotonic() < deadline:
        for path in folder.iterdir():
            if text in (mail := path.read_text(encoding="utf-8")):
                return mail
        time.sleep(0.1)
    pytest.fail(f"No mail says {text} after {MAILED_SECONDS} s")


def is_ended_by_staff(page: Page, room: Stream) -> None:
    title = page.get_by_role("heading", name="The staff of this site ended this stream")
    expect(title).to_be_visible(timeout=SOON)
    expect(page.get_by_text(f"{owner_of(room).name} says thank you")).to_be_hidden()


def test_a_child_in_danger_is_first_mailed_and_the_stream_ended_with_two_clicks(
    live_site, new_page, mails
):
    room, viewer, other = make_room(), make_viewer(100, display_name="Mira"), make_viewer()
    staff = make_staff("moderation")
    for _ in range(2):
        earlier = {"kind": "person", "ref": make_user().public_id, "reason": "spam"}
        reports.report(reporter=other, **earlier)
    mira = enter(new_page("phone", **STILL), room, user=viewer)
    otis = enter(new_page(**STILL), room, user=other)
    nobody = enter(new_page(**STILL), room)

    mira.get_by_role("link", name="Report this stream").click()
    card = mira.locator("#person-card")
    card.get_by_label("A child is in danger").check()
    card.get_by_label("Anything that helps us").fill("The child on the sofa.")
    card.get_by_role("button", name="Send the report").click()
    expect(card).to_contain_text("Our staff on duty were mailed at once")
    made = Report.objects.get(reporter=viewer)
    path = reverse("admin:users_report_change", args=[made.pk])
    assert f"{live_site.url}{path}" in mail_with(mails, f"To: {staff.email}")

    queue = open_as(new_page(**STILL), staff, "/admin/")
    expect(queue.locator("#waiting")).to_contain_text("Reports that cannot wait")
    queue.get_by_role("link", name="Reports to answer").click()
    first = queue.locator("#result_list tbody tr").first
    expect(first).to_contain_text("A child is in danger")
    first.get_by_role("link", name="A child is in danger").click()
    expect(queue.locator("#content")).to_contain_text("The child on the sofa.")
    queue.screenshot(path="test-results/report-staff.png", full_page=True)
    queue.locator(".object-tools").get_by_role("link", name="End the stream").click()
    queue.locator("input[type=submit]").click()
    for page in (mira, otis, nobody):
        is_ended_by_staff(page, room)
    is_ended_by_staff(enter_ended(new_page(**STILL), room), room)
    [entry] = AuditEntry.objects.filter(staff=staff)
    assert entry.reason == "A child is in danger: The child on the sofa."

    answer = mira.request.post(
        f"/live/{room.place.public_id}/gift/",
        data={
            "key": "after-the-end",
            "gift": "acorn",
            "quantity": 1,
            "price_coins": 5,
            "rate_card": 1,
            "confirmed": False,
        },
        headers={"X-CSRFToken": csrf_of(mira), "Referer": mira.url},
    )
    assert answer.json()["refusal"]["code"] == "stream_ended"
    assert coins_of(viewer.pk) == 100
    assert not SentGift.objects.filter(place_id=room.pk).exists()

    queue.locator(".object-tools").get_by_role("link", name="Answer the reporter").click()
    queue.locator("input[type=submit]").click()
    mira.goto("/account/reports/")
    expect(mira.locator(".list__item")).to_contain_text("did something about it")
    assert "Traceback" not in live_site.log("beat")


def enter_ended(page: Page, room: Stream) -> Page:
    page.goto(f"/live/{room.place.public_id}/")
    return page


def csrf_of(page: Page) -> str:
    return page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")


def test_staff_end_the_stream_on_its_page_with_two_clicks(live_site, new_page):
    room, staff = make_room(), make_staff("moderation")
    viewer = enter(new_page("phone", **STILL), room)
    expect(viewer.get_by_role("link", name="End (staff)")).to_have_count(0)
    page = enter(new_page(**STILL), room, user=staff)
    page.get_by_role("link", name="End (staff)").click()
    page.locator("input[type=submit]").click()
    is_ended_by_staff(viewer, room)
    [entry] = AuditEntry.objects.filter(staff=staff)
    assert (entry.kind, entry.reason) == (
        "creators.stream.end",
        "The stream breaks the rules of this site.",
    )


def test_a_line_and_a_gifts_message_are_reported_by_keys(live_site, new_page):
    room, rude, reader = make_room(), make_viewer(100, display_name="Rudi"), make_viewer()
    mira = enter(new_page(**STILL), room, user=reader)
    settled(say(enter(new_page("phone", **STILL), room, user=rude), "An insult"))
    expect(mira.locator(".chat__line")).to_have_count(1, timeout=SOON)
    card = report_the_last(mira)
    expect(card.locator("blockquote")).to_have_text("An insult")
    card.get_by_label("Harassment").check()
    mira.keyboard.press("Enter")
    expect(card).to_contain_text("We look at it")
    mira.keyboard.press("Escape")

    send(rude, room, message="A nasty message")
    expect(mira.locator(".chat__message")).to_be_visible(timeout=SOON)
    card = report_the_last(mira)
    expect(card.locator("blockquote")).to_have_text("A nasty message")
    card.get_by_role("button", name="Send the report").click()
    assert Report.objects.filter(reporter=reader).count() == 1, "a report names what is wrong"
    card.get_by_label("Hate").check()
    card.get_by_role("button", name="Send the report").click()
    expect(card).to_contain_text("We look at it")
    found = Report.objects.filter(reporter=reader).values_list("kind", "reason", "seen__text")
    assert set(found) == {
        ("line", "harassment", "An insult"),
        ("gift", "hate", "A nasty message"),
    }


def report_the_last(page: Page):
    page.locator("#chat-list").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("r")
    card = page.locator("#person-card")
    expect(card.get_by_role("heading", name="Report")).to_be_visible()
    return card


def test_a_person_is_reported_from_the_card_and_the_profile(live_site, new_page):
    room, rude, reader = make_room(), make_viewer(display_name="Rudi"), make_viewer()
    mira = enter(new_page(**STILL), room, user=reader)
    settled(say(enter(new_page("phone", **STILL), room, user=rude), "An insult"))
    card = open_card(mira, "Rudi")
    card.get_by_role("link", name="Report").click()
    expect(card.get_by_role("heading", name="Report")).to_be_visible()
    card.get_by_label("Spam").check()
    card.get_by_role("button", name="Send the report").click()
    expect(card).to_contain_text("We look at it")
    # Once more, on the profile: it is the same report.
    mira.goto(f"/@{rude.handle}/")
    mira.get_by_role("link", name="Report").click()
    expect(mira.get_by_text("You reported this before")).to_be_visible()
    mira.get_by_label("Threat or violence").check()
    mira.get_by_role("button", name="Send the report").click()
    expect(mira.get_by_role("heading", name="Your reports")).to_be_visible()
    [made] = Report.objects.filter(reporter=reader)
    assert (made.about, made.reason, made.urgent) == (rude, "threat", True)


def test_who_is_signed_out_is_led_to_joining(live_site, new_page):
    room = make_room()
    page = enter(new_page("phone", **STILL), room)
    page.get_by_role("link", name="Report this stream").click()
    expect(page).to_have_url(f"{live_site.url}/accounts/signup/?next={quoted(room)}")


def test_a_stream_is_reported_without_script(live_site, new_page):
    room, reader = make_room(), make_viewer()
    page = new_page("phone", java_script_enabled=False)
    open_as(page, reader, f"/live/{room.place.public_id}/")
    page.screenshot(path="test-results/report-plain.png")
    page.get_by_role("link", name="Report this stream").click()
    page.get_by_label("Fraud").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your reports")).to_be_visible()
    expect(page.locator(".list__item")).to_contain_text("Fraud")
    assert Report.objects.get(reporter=reader).about == owner_of(room)


def quoted(room: Stream) -> str:
    return f"/report/stream/{room.place.public_id}/".replace("/", "%2F")


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_the_pages_of_reports_are_accessible(live_site, new_page, axe, window):
    room, rude, reader = make_room(), make_viewer(100, display_name="Rudi"), make_viewer()
    send(rude, room, message="For the harbour song")
    page = enter(new_page(window, **STILL), room, user=reader)
    expect(page.locator(".chat__message")).to_be_visible()
    axe(page)
    page.screenshot(path=f"test-results/report-room-{window}.png")
    page.get_by_role("link", name="Report this stream").click()
    expect(page.locator("#person-card").get_by_role("heading", name="Report")).to_be_visible()
    axe(page)
    page.screenshot(path=f"test-results/report-dialog-{window}.png")
    form = f"/report/stream/{room.place.public_id}/"
    for name, path in (("none", "/account/reports/"), ("form", form)):
        look(page, axe, path, f"report-{name}-{window}")
    staff = make_staff("moderation")
    made = reports.report(
        reporter=reader, kind="person", ref=rude.public_id, reason="scam", note="Asks for money."
    )
    reports.answer(made, staff=staff, reason="Looked.", key="a", text="Thank you. We looked.")
    look(page, axe, "/account/reports/", f"report-own-{window}")
    look(page, axe, f"/@{rude.handle}/", f"report-profile-{window}")


def look(page: Page, axe, path: str, name: str) -> None:
    page.goto(path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        axe(page)
        no_sideways_scroll(page)
        page.screenshot(path=f"test-results/{name}-{scheme}.png", full_page=True)
