"""The money pages in Chromium: accessible on phone and desktop, light and dark, and usable."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.live import check_axe
from tests.make import make_superuser, make_user
from tests.slow.visits import session_of
from tests.wallets.recharging import bought, order
from wallets.selectors.balances import coins_of

PASSWORD = "a long pass phrase"


@pytest.fixture
def buyer(live_site):
    return make_user("mirabelle", country="AT", password=PASSWORD)


def sign_in(page, buyer) -> None:
    page.goto("/accounts/login/?next=/wallet/")
    page.fill("input[name=login]", buyer.email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).last.click()
    page.wait_for_url(lambda url: "/login/" not in url)


def is_not_wider_than_its_window(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.slow
@pytest.mark.parametrize(("window", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_the_money_pages_are_accessible(live_site, new_page, buyer, window, scheme):
    page = new_page(window, color_scheme=scheme)
    sign_in(page, buyer)
    page.goto("/wallet/")
    check_axe(page)
    recharge, open_order = bought(buyer, 1_000), order(buyer, 70)
    pages = [
        "/wallet/",
        "/wallet/recharge/?need=37&next=/wallet/&gift=tulip",
        "/wallet/recharge/?need=3",
        f"/wallet/recharges/{recharge.public_id}/receipt/",
        f"/wallet/recharges/{recharge.public_id}/",
        f"/wallet/recharges/{open_order.public_id}/",
        "/rates/?country=AT",
    ]
    for address in pages:
        page.goto(address)
        check_axe(page)
        assert is_not_wider_than_its_window(page), address


@pytest.mark.parametrize("script", [True, False])
def test_coins_are_bought_with_a_few_taps(live_site, new_page, buyer, script):
    page = new_page("phone", java_script_enabled=script)
    sign_in(page, buyer)
    page.goto("/wallet/recharge/?need=37&next=/rates/&gift=tulip")
    page.get_by_label("Deliver my coins at once").check()
    page.get_by_role("button", name="Go on to pay").click()
    if script:
        check_axe(page)
    page.get_by_role("button", name="Pay $0.37").click()
    page.wait_for_url("**/rates/?gift=tulip")
    assert coins_of(buyer.pk) == 37
    if script:
        assert page.get_by_text("37 coins ($0.37) are in your wallet.").is_visible()


def test_what_each_price_leaves_fits_on_a_narrow_phone(live_site, page):
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(make_superuser())}
    page.context.add_cookies([cookie | {"url": f"{live_site.url}/"}])
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(reverse("admin:wallets_margins"))
    assert page.locator("table.margins tbody tr").count() > 0
    assert is_not_wider_than_its_window(page)
    check_axe(page)
