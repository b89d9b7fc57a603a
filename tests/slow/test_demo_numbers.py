"""Every number of the demo against a recount from the ledger, and every page looked at."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from gifteconomy.demo.cast import CAST, COLLEAGUES, FAN, HOSTS, LIVE_NOW
from tests.demo.pages import PageReader
from users.models import User

pytestmark = pytest.mark.slow

RANGES = (1, 7, 30)
OF_ONE_KIND = 2  # pages that a curious person looks at
OWN = ("/wallet/", "/creator/")
# One of each sort of people: what they see beside their own is the same for the others.
COLLEAGUES_OF_A_KIND = {tuple(one.groups): one.handle for one in COLLEAGUES}.values()
CURIOUS = {FAN, LIVE_NOW[0].handle, HOSTS[-1].handle, *COLLEAGUES_OF_A_KIND}
FEWEST_CHARACTERS = 20
EMPTY = 'class="empty-state"'
VARIABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|@\w+|(?<=payment/)[^/]+")
NOT_PAGES = ("/static/", "/media/", "/admin/jsi18n/", "/accounts/logout/")


@pytest.fixture
def copied_database(demo_world) -> str:
    return demo_world.database


@pytest.fixture
def world(committed_db, demo_world, settings) -> None:
    settings.DEMO = True
    settings.MEDIA_ROOT = str(demo_world.media)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- the recount, in SQL of this test alone -------------------------------------------------------
@dataclass(frozen=True)
class Earned:
    """One gift as the ledger has it; `kept` diamonds after what came back of it."""

    kept: int
    at: datetime
    sender: str
    place: int
    gift: str
    quantity: int


def earned_by(owner: psycopg.Connection, creator: User) -> list[Earned]:
    rows = owner.execute(
        """SELECT t.amount - coalesce((SELECT sum(r.amount) FROM wallets_transfer r
                                       WHERE r.reverses = t.id), 0)::bigint,
                  t.created, coalesce(nullif(u.display_name, ''), u.handle), s.place_id, g.name,
                  s.quantity
           FROM wallets_transfer t
           JOIN wallets_account a ON a.id = t.credit_account_id AND a.kind = 'clearing'
           JOIN wallets_operation o ON o.id = t.operation_id
           JOIN users_user u ON u.id = o.actor
           JOIN gifts_sentgift s ON s.id = o.id
           JOIN gifts_gift g ON g.id = s.gift_id
           WHERE t.code = 'gift' AND a.owner_id = %s""",
        [creator.pk],
    )
    return [Earned(*row) for row in rows]


def balance(owner: psycopg.Connection, user: User, kind: str) -> int:
    """Credits less debits of a user's accounts of one kind, from transfers alone."""
    return owner.execute(
        """SELECT coalesce(sum(CASE WHEN t.credit_account_id = a.id THEN t.amount
                                    ELSE -t.amount END), 0)::bigint
           FROM wallets_account a
           JOIN wallets_transfer t ON a.id IN (t.credit_account_id, t.debit_account_id)
           WHERE a.owner_id = %s AND a.kind = %s""",
        [user.pk, kind],
    ).fetchone()[0]


def on_hold(owner: psycopg.Connection, user: User) -> int:
    return owner.execute(
        """SELECT coalesce(sum(h.amount), 0)::bigint FROM wallets_hold h
           JOIN wallets_account a ON a.id = h.debit_account_id
           WHERE a.owner_id = %s AND h.state = 'pending'""",
        [user.pk],
    ).fetchone()[0]


def movements(owner: psycopg.Connection, user: User) -> list[int]:
    """What went in and out of the wallet, newest first."""
    rows = owner.execute(
        """SELECT CASE WHEN t.credit_account_id = a.id THEN t.amount ELSE -t.amount END
           FROM wallets_account a
           JOIN wallets_transfer t ON a.id IN (t.credit_account_id, t.debit_account_id)
           WHERE a.owner_id = %s AND a.kind = 'wallet' ORDER BY t.created DESC, t.id DESC""",
        [user.pk],
    )
    return [amount for (amount,) in rows]


def dollars_of_diamonds(diamonds: int) -> str:
    """0.7 cent each, rounded down once."""
    return dollars(diamonds * 7 // 10)


def dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


# --- reading pages --------------------------------------------------------------------------------
def section(html: str, name: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', html, re.DOTALL)
    assert found, name
    return found[0]


def table(html: str, caption: str) -> list[list[str]]:
    """The cells of a table as HTML, row by row."""
    found = re.search(rf"<caption[^>]*>{caption}</caption>(.*?)</table>", html, re.DOTALL)
    assert found, caption
    body = found[1].partition("<tbody")[2]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def diamonds(html: str) -> int:
    """The one amount in a piece of page; its money must be the recount's, too."""
    [amount] = [one for one in PageReader(html).amounts if one.asset == "diamonds"]
    assert amount.money == dollars_of_diamonds(amount.units)
    return amount.units


def number(html: str) -> int:
    return int(words(html).replace(",", ""))


# --- the numbers ----------------------------------------------------------------------------------
def test_every_number_is_the_ledger_s(world, owner):
    for user in User.objects.order_by("pk"):
        check_wallet(owner, user)
    for host in HOSTS:
        creator = User.objects.get(handle=host.handle)
        earned = earned_by(owner, creator)
        assert earned
        for days in RANGES:
            html = signed_in(creator).get(f"/creator/?range={days}").content.decode()
            check_holdings(owner, creator, html)
            check_earnings(earned, days, html)
            check_streams(owner, earned, html)


def check_wallet(owner: psycopg.Connection, user: User) -> None:
    html = signed_in(user).get("/wallet/").content.decode()
    coins = balance(owner, user, "wallet")
    page = PageReader(html)
    assert [one.units for one in page.amounts[:2]] == [coins, coins]  # above, and on the page
    for amount in page.amounts:
        assert amount.money == dollars(amount.units)  # a cent each
    listed = re.findall(r'<li class="list__item" data-movement.*?</li>', html, re.DOTALL)
    shown = [PageReader(line).amounts[-1].units for line in listed]
    expected = movements(owner, user)
    assert shown
    assert shown == expected[: len(shown)]
    assert len(shown) == len(expected) or 'rel="next"' in html
    bought = [amount for amount in expected if amount > 0]
    orders = table(html, "Your latest recharges")
    assert [PageReader(row[1]).amounts[0].units for row in orders] == bought[: len(orders)]


def check_holdings(owner: psycopg.Connection, creator: User, html: str) -> None:
    stats = section(html, "holdings").split('<div class="stat">')[1:]
    shown = {words(stat.partition("</dt>")[0]): stat.partition("</dd>")[0] for stat in stats}
    held = on_hold(owner, creator)
    assert diamonds(shown["Available"]) == balance(owner, creator, "available") - held
    assert diamonds(shown["Clearing"]) == balance(owner, creator, "clearing")
    assert diamonds(shown["In withdrawals"]) == held


def check_earnings(earned: list[Earned], days: int, html: str) -> None:
    today = timezone.now().astimezone(UTC).date()
    first = today - timedelta(days=days - 1)
    inside = [one for one in earned if one.at.astimezone(UTC).date() >= first]
    of_today = [one for one in inside if one.at.astimezone(UTC).date() == today]
    assert diamonds(section(html, "today")) == sum(one.kept for one in of_today)

    past = section(html, "past")
    total = re.search(r"<dd[^>]*data-earned>(.*?)</dd>", past, re.DOTALL)
    assert total
    assert diamonds(total[1]) == sum(one.kept for one in inside)
    gifts = re.search(r'>Gifts</dt><dd class="stat__value">(.*?)</dd>', past)
    assert gifts
    assert number(gifts[1]) == sum(one.quantity for one in inside if one.kept)
    if not inside:
        return
    check_chart(inside, today, days, past)
    check_sums(table(past, "Top supporters"), inside, by="sender")
    check_sums(table(past, "Gifts by kind"), inside, by="gift")


def check_chart(inside: list[Earned], today: date, days: int, past: str) -> None:
    """The chart's table: a row for each day, or for each hour of one day."""
    sums: Counter[Any] = Counter()
    for one in inside:
        at = one.at.astimezone(UTC)
        sums[at.hour if days == 1 else at.date()] += one.kept
    keys = range(24) if days == 1 else [today - timedelta(days=n) for n in range(days)][::-1]
    rows = re.findall(r'<tr><th scope="row">.*?</th><td[^>]*>(.*?)</td></tr>', past)
    assert rows == [dollars_of_diamonds(sums[key]) for key in keys]


def check_sums(rows: list[list[str]], inside: list[Earned], *, by: str) -> None:
    """Rows of (name, gifts, diamonds): each as recounted, and those with most first."""
    kept: dict[str, int] = defaultdict(int)
    gifts: dict[str, int] = defaultdict(int)
    for one in inside:
        kept[getattr(one, by)] += one.kept
        gifts[getattr(one, by)] += one.quantity
    shown = {words(name): (number(count), diamonds(sum_)) for name, count, sum_ in rows}
    unescaped = {name.replace("&amp;", "&").replace("&#x27;", "'"): v for name, v in shown.items()}
    assert len(unescaped) == len(rows)
    for name, both in unescaped.items():
        assert both == (gifts[name], kept[name])
    sums = [sum_ for _, sum_ in unescaped.values()]
    assert sums == sorted(kept.values(), reverse=True)[: len(sums)]


def check_streams(owner: psycopg.Connection, earned: list[Earned], html: str) -> None:
    by_place: Counter[int] = Counter()
    for one in earned:
        by_place[one.place] += one.kept
    rows = table(section(html, "streams"), "Streams")
    assert rows
    for title, _, _, sum_ in rows:
        public_id = re.search(r"/streams/([0-9a-f-]{36})/", title)
        assert public_id
        [(place,)] = owner.execute(
            "SELECT id FROM creators_place WHERE public_id = %s", [public_id[1]]
        ).fetchall()
        assert diamonds(sum_) == by_place[place]


# --- every page -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Seen:
    where: str
    kind: str  # the address without what differs among pages of one kind
    html: str


def look_around(
    client: Client, *, starts: list[str], only: tuple[str, ...] = ("/",), most: int = OF_ONE_KIND
) -> list[Seen]:
    """Every page that links lead to, of each kind a few, under these addresses."""
    waiting, known, kinds = list(starts), set(starts), Counter[str]()
    found = []
    while waiting:
        url = waiting.pop(0)
        answer = client.get(url, follow=True)
        if answer.status_code != 200:
            found.append(Seen(url, f"{answer.status_code} at {kind_of(url)}", ""))
        elif answer["Content-Type"].startswith("text/html"):
            html = answer.content.decode()
            found.append(Seen(url, kind_of(url), html))
            for target in targets(url, html):
                kind = kind_of(target)
                if target.startswith(only) and target not in known and kinds[kind] < most:
                    known.add(target)
                    kinds[kind] += 1
                    waiting.append(target)
    return found


def targets(url: str, html: str) -> Iterator[str]:
    """The links to other pages of this site. Sorting and filters of admin lists are left out."""
    for link in PageReader(html).links:
        target = urldefrag(urljoin(url, link))[0]
        parts = urlsplit(target)
        if parts.netloc or parts.scheme or not parts.path.startswith("/"):
            continue
        if parts.path.startswith(NOT_PAGES) or (parts.query and "/admin/" in parts.path):
            continue
        yield target


def kind_of(url: str) -> str:
    parts = urlsplit(url)
    return VARIABLE.sub("#", parts.path) + ("?" if parts.query else "")


def test_every_page_says_what_coins_are_worth(world, record_property):
    """One of each sort of person looks at everything, everybody at what is their own."""
    looked_at = 0
    wrong: dict[str, str] = {}
    for person in (None, *CAST):
        client = Client() if person is None else signed_in(User.objects.get(handle=person.handle))
        name = person.handle if person else "signed out"
        if person is None or person.handle in CURIOUS:
            seen = look_around(client, starts=["/"])
        else:
            seen = look_around(client, starts=list(OWN), only=OWN, most=1)
        looked_at += len(seen)
        for page in seen:
            for what in wrong_with(page.html):
                wrong.setdefault(f"{page.kind}: {what}", f"{name} at {page.where}")
    record_property("pages", looked_at)
    print(f"{looked_at} pages looked at")
    assert looked_at > 10 * len(CAST)
    assert wrong == {}


STAFF_COINS = re.compile(
    r'class="[^"]*field-(?:\w*_)?coins\b[^>]*>(.*?)</(?:td|th|div)>', re.DOTALL
)


def wrong_with(html: str) -> list[str]:
    if not html:
        return ["it cannot be opened"]
    page = PageReader(html)
    empty = len(words("".join(page.main)) or words(html)) < FEWEST_CHARACTERS
    columns = [words(cell[1]) for cell in STAFF_COINS.finditer(html)]
    bare = [cell for cell in columns if re.search(r"\d", cell) and "(" not in cell]
    return [*page.bare_amounts, *bare, *(["it is empty"] if empty else [])]


def test_no_page_of_a_person_is_empty(world):
    for person in CAST:
        client = signed_in(User.objects.get(handle=person.handle))
        wallet = client.get("/wallet/").content.decode()
        assert "data-movement" in wallet
        assert EMPTY not in wallet, f"{person.handle} at /wallet/"
    for host in HOSTS:
        client = signed_in(User.objects.get(handle=host.handle))
        for url in ("/creator/?range=30", "/creator/streams/"):
            assert EMPTY not in client.get(url).content.decode(), f"{host.handle} at {url}"
