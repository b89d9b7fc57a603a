"""What the base scripts do, in a real browser; and that pages work without them."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from tests.make import make_user

DEMO = pytest.mark.site(environment={"DEMO": "1"})


@DEMO
def test_dialogs_menus_toasts_and_colours(live_site, page):
    page.goto("/styleguide/")

    page.get_by_role("button", name="Open a dialog").click()
    dialog = page.get_by_role("dialog", name="Send the lantern boat?")
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.get_by_role("button", name="Open a dialog").click()
    dialog.get_by_role("button", name="Close").click()
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.textContent") == "Open a dialog"
    page.get_by_role("button", name="Open a dialog").click()
    page.mouse.click(5, 5)
    dialog.wait_for(state="hidden")

    page.get_by_text("More", exact=True).click()
    report = page.get_by_role("link", name="Report")
    report.wait_for()
    page.keyboard.press("Escape")
    report.wait_for(state="hidden")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("heading", name="Styleguide").click()
    report.wait_for(state="hidden")

    page.evaluate("import('base/toasts').then((m) => m.showToast('<b>Sent</b>', 'success'))")
    toast = page.locator("#toasts .toast--success")
    toast.wait_for()
    assert toast.inner_text().split() == ["<b>Sent</b>", "Dismiss"]
    toast.get_by_role("button", name="Dismiss").click()
    assert page.locator("#toasts .toast").count() == 0

    ground = "getComputedStyle(document.documentElement).backgroundColor"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == "rgb(250, 244, 233)"
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) == "rgb(24, 16, 19)"
    page.reload()
    assert page.evaluate(ground) == "rgb(24, 16, 19)"
    page.get_by_role("button", name="As the device").click()
    page.reload()
    assert page.evaluate(ground) == "rgb(250, 244, 233)"


@DEMO
def test_a_chart_is_one_tab_stop_and_arrows_go_through_it(live_site, page):
    page.goto("/styleguide/")
    drawing = page.locator("#chart-diamonds-earned .chart__drawing:visible")
    assert drawing.count() == 1
    drawing.locator("[data-chart-column]").first.focus()
    name = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(name) == "16 Nov: 3,200"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(name) == "18 Nov: 12,450"
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(name) == "22 Nov: 17,650"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "The same as a table"


def is_reset(request) -> bool:
    """The demo bar asks for its steps by POST as well."""
    return request.method == "POST" and request.url.endswith("/password/reset/")


@DEMO
def test_a_form_is_sent_once_and_can_be_sent_again_after_going_back(live_site, page):
    page.goto("/accounts/password/reset/")
    sent = []
    page.on("request", lambda request: sent.append(request) if is_reset(request) else None)
    page.fill("input[name=email]", "nobody@example.org")
    page.evaluate("""() => {
      const button = document.querySelector("main form button");
      button.click(); button.click(); button.click();
    }""")
    page.wait_for_url("**/done/")
    assert len(sent) == 1
    page.go_back()
    assert page.locator("form[data-sent]").count() == 0


@DEMO
def test_pages_work_without_script(live_site, new_page, page_errors):
    page_errors.allow(r"404 .*:\d+/\)$")
    page = new_page("phone", java_script_enabled=False)
    make_user("mira", password="a long pass phrase")
    page.goto("/accounts/login/?next=/accounts/email/")
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.fill("input[name=login]", "mira@example.org")
    page.fill("input[name=password]", "a long pass phrase")
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.locator("summary[aria-label='Account of mira']").click()
    page.get_by_role("button", name="Sign out").click()
    page.locator("summary[aria-label='Account of mira']").wait_for(state="detached")
    page.goto("/accounts/email/")
    assert "/accounts/login/" in page.url


def test_a_password_can_be_shown(live_site, page):
    page.goto("/accounts/login/")
    page.fill("input[name=password]", "a long pass phrase")
    toggle = page.get_by_role("button", name="Show the password")
    toggle.click()
    assert page.locator("input[name=password]").get_attribute("type") == "text"
    assert toggle.get_attribute("aria-pressed") == "true"
    toggle.click()
    assert page.locator("input[name=password]").get_attribute("type") == "password"


def test_a_passkey_is_added_and_signs_in_under_our_policy(live_site, page):
    person = make_user("mira", password="a long pass phrase")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    # WebAuthn needs a name; an address of numbers is refused by browsers.
    site = live_site.url.replace("127.0.0.1", "localhost")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(f"{site}/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", "a long pass phrase")
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    page.fill("input[name=password]", "a long pass phrase")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(lambda url: "/reauthenticate/" not in url)
    page.fill("input[name=name]", "My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    [key] = Authenticator.objects.filter(user=person, type="webauthn")
    assert str(key.wrap().name) == "My laptop"

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/?next=/accounts/2fa/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    assert page.get_by_text("1 key", exact=True).is_visible()


def test_a_passkey_that_does_not_answer_is_said_in_words(live_site, page):
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    toast = page.locator("#toasts .toast--error")
    toast.wait_for()
    assert "The key did not answer, or it was cancelled." in toast.inner_text()
