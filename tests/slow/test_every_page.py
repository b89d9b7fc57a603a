"""Every page of the demo that a link leads to: accessible, without errors, never too wide."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from gifteconomy.demo.cast import FAN, LIVE_NOW
from tests.demo.world import load_demo
from tests.live import Site, check_axe
from tests.make import make_user
from tests.slow.visits import session_of
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.prove]

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
NARROWEST = {"width": 320, "height": 640}
# A crawl that finds more kinds of pages for a person than these has lost its way. Of links to kinds
# that were looked at, so many are only asked for.
MOST_PAGES, MOST_LINKS = 300, 150
# Signing somebody in or out would make another person of the one who crawls.
NOT_FOLLOWED = {"demo_link", "account_logout", "logout"}
STARTS = {
    "nobody": ["/"],
    "new viewer": ["/", "/wallet/", "/account/"],
    "fan": ["/", "/wallet/", "/account/"],
    "creator": ["/", "/creator/", "/wallet/"],
    "staff": ["/admin/"],
}
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"
WIDE = "document.documentElement.scrollWidth"


@dataclass
class Crawl:
    """One person's way through the site. `seen` are URL patterns, `asked` addresses."""

    page: Page
    site: str
    say: Callable[[str], None]
    to_open: deque[str]
    seen: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    looked_at: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        while self.to_open and self.looked_at < MOST_PAGES:
            self.open(self.to_open.popleft())

    def open(self, path: str) -> None:
        if (name := pattern(path)) is None or name in self.seen:
            return
        self.seen.add(name)
        if not is_page(self.ask(path)):
            return
        self.page.set_viewport_size(SIZES["desktop"])
        self.page.goto(path)
        if (landed := pattern(self.page.url) or "") != name:
            # A door that leads elsewhere, for example to signing in: that page is looked at once.
            if landed in self.seen:
                return
            self.seen.add(landed)
        links = self.page.evaluate(LINKS)
        self.look()
        self.looked_at += 1
        for link in links:
            if link.startswith(f"{self.site}/"):
                self.found(urlsplit(link)._replace(scheme="", netloc="", fragment="").geturl())

    def found(self, path: str) -> None:
        """A link: its page is opened when it is the first of its kind, else only asked for."""
        name = pattern(path)
        if name is None:
            self.note(f"{self.page.url} links to {path}, which no page answers")
        elif name not in self.seen:
            self.to_open.append(path)
        elif name not in NOT_FOLLOWED and len(self.asked) < MOST_LINKS:
            self.ask(path)

    def ask(self, path: str) -> str:
        """The content type of what answers; an error is written down."""
        if pattern(path) in NOT_FOLLOWED or path in self.asked:
            return ""
        self.asked.add(path)
        answer = self.page.request.get(path)
        if not answer.ok:
            self.note(f"{path}: {answer.status}, linked from {self.page.url}")
            return ""
        return answer.headers.get("content-type", "")

    def look(self) -> None:
        """All rules in both sizes; in the other theme only the colours can differ."""
        for name, size in SIZES.items():
            self.page.set_viewport_size(size)
            for scheme, only in (("light", ()), ("dark", ("color-contrast",))):
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self.judge(f"{name}, {scheme}", only)
        self.page.set_viewport_size(NARROWEST)
        if (width := self.page.evaluate(WIDE)) > NARROWEST["width"]:
            self.note(f"{self.page.url}: {width} px wide in a window of 320")

    def note(self, what: str) -> None:
        self.wrong.append(what)
        self.say(what)

    def judge(self, how: str, only: tuple[str, ...]) -> None:
        try:
            check_axe(self.page, only=only)
        except AssertionError as finding:
            self.note(f"{how}: {finding}")


def pattern(path: str) -> str | None:
    """The name of the URL pattern that answers a path, or its route; None when none does."""
    where = urlsplit(path).path
    if where.startswith(settings.STATIC_URL):
        return where
    try:
        match = resolve(where)
    except Resolver404:
        return None
    return match.url_name if match.url_name in NOT_FOLLOWED else match.route


def is_page(content_type: str) -> bool:
    return content_type.startswith("text/html")


@pytest.fixture
def live_site(committed_db: str, tmp_path: Path) -> Iterator[Site]:
    """The demo as `make run` shows it, with its pictures."""
    media = tmp_path / "media"
    load_demo(media)
    site = Site(tmp_path, {"DEMO": "1", "MEDIA_ROOT": str(media)})
    try:
        site.start("web")
        yield site
    finally:
        for name in list(site.processes):
            site.kill(name)
    assert "Traceback" not in site.log("web"), site.log("web")[-8000:]


def who(person: str) -> User | None:
    if person == "nobody":
        return None
    if person == "new viewer":
        return make_user("somebody_new", confirmed=True)
    if person == "staff":
        return User.objects.filter(is_superuser=True).order_by("pk")[0]
    return User.objects.get(handle={"fan": FAN, "creator": LIVE_NOW[0].handle}[person])


def test_every_page_that_a_link_leads_to(live_site, new_page, record_property, capsys):
    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {text}", end="", flush=True)

    wrong: list[str] = []
    looked_at: dict[str, int] = {}
    for person, starts in STARTS.items():
        page = new_page(reduced_motion="reduce")
        if user := who(person):
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(user)}
            page.context.add_cookies([cookie | {"url": f"{live_site.url}/"}])
        crawl = Crawl(page, live_site.url, say, deque(starts))
        crawl.run()
        page.context.close()
        looked_at[person] = crawl.looked_at
        wrong += [f"{person}: {what}" for what in crawl.wrong]
        assert not crawl.to_open, f"{person}: more than {MOST_PAGES} pages"
        say(f"{person}: {crawl.looked_at} pages, {len(crawl.asked)} links")
    record_property("pages", sum(looked_at.values()))
    assert wrong == [], "\n\n".join(wrong)
    # A crawler that got stuck at a door would find nothing wrong.
    assert looked_at["creator"] > looked_at["nobody"] > 5
