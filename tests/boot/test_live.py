"""The real site and the real browser work as fixtures, and notice what is wrong."""

import socket
import time
import urllib.request

import pytest
from django.contrib.auth import get_user_model

from tests.live import check_axe

User = get_user_model()


@pytest.fixture(autouse=True)
def no_pages_needed(page_errors):
    """What the pages themselves hold is the business of their own tests."""
    page_errors.allow(r"status of 404")


def test_a_person_signs_in_through_the_real_site(live_site, page):
    User.objects.create_user("alice@example.org", "a long pass phrase", handle="alice")
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "alice@example.org")
    page.fill("input[name=password]", "a long pass phrase")
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)
    assert any(cookie["name"] == "sessionid" for cookie in page.context.cookies())


def test_console_errors_and_blocked_parts_are_noticed(live_site, page, page_errors):
    page.goto("/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.evaluate("console.error('planted')")
    page.wait_for_timeout(200)
    found = "\n".join(page_errors.unexpected())
    assert "CSP: style-src" in found
    assert "planted" in found
    page_errors.allow(".")


def test_axe_notices(live_site, page):
    page.goto("/accounts/login/")
    page.evaluate("document.body.innerHTML = '<main><img src=\"data:image/png,\"></main>'")
    with pytest.raises(AssertionError, match="image-alt"):
        check_axe(page)


@pytest.mark.slow
@pytest.mark.site(worker=True, beat=True)
def test_the_site_is_killed_started_and_drained(live_site):
    live_site.kill("web")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(live_site.url)
    live_site.start("web")
    assert urllib.request.urlopen(f"{live_site.url}/accounts/login/").status == 200
    for name in ("web", "worker", "beat"):
        assert live_site.stop(name) == 0


def test_a_request_under_way_is_finished_before_the_site_stops(live_site, owner):
    """A request that waits for the database when SIGTERM comes still gets its page."""
    with socket.create_connection(("127.0.0.1", live_site.port)) as client:
        with owner.transaction():
            owner.execute("LOCK TABLE socialaccount_socialapp IN ACCESS EXCLUSIVE MODE")
            request = "GET /accounts/login/ HTTP/1.1", "Host: 127.0.0.1", "Connection: close"
            client.sendall("\r\n".join([*request, "", ""]).encode())
            wait_for(lambda: somebody_waits_for_a_lock(owner))
            live_site.processes["web"].terminate()
            wait_for(lambda: refuses_connections(live_site.port))
        answer = b""
        while part := client.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"</html>" in answer
    assert live_site.processes.pop("web").wait(20) == 0


def wait_for(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def somebody_waits_for_a_lock(owner) -> bool:
    return bool(owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())


def refuses_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False
