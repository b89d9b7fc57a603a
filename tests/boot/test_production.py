"""Production starts when it is one, and refuses with one clear sentence when it is not."""

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from gifteconomy.guard.settings import settings_problems
from tests.conftest import owner_url
from tests.live import Site

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
GOOD = {
    "DEVELOPMENT": "0",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "gifts.example.org",
    "SITE_URL": "https://gifts.example.org",
}
FORBIDDEN = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    ({"SECRET_KEY": "development-only-secret-key"}, "SECRET_KEY is not secret"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is not secret"),
    ({"DEBUG": "1"}, "DEBUG is on"),
    ({"DEMO": "1"}, "DEMO is on"),
    ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is open"),
    ({"ALLOWED_HOSTS": "gifts.example.org,."}, "ALLOWED_HOSTS is open"),
    ({"SITE_URL": "http://gifts.example.org"}, "SITE_URL is not an https address"),
    ({"OFFLINE_CONFIRMED_BY_STAFF": "0"}, "OFFLINE_CONFIRMED_BY_STAFF is off"),
    ({"MANUAL_RAIL_PAYS_ITSELF": "1"}, "MANUAL_RAIL_PAYS_ITSELF is on"),
    ({"LIVE_VIDEO": "nginx-rtmp"}, "LIVE_HOOK_SECRET is not secret"),
    ({"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}, "The database does not answer"),
]


def start(changes: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *(command or ("serve", "--port", "0"))],
        cwd=CHECKOUT,
        env=os.environ | GOOD | changes,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(("changes", "sentence"), FORBIDDEN)
def test_production_refuses(django_db_setup, changes, sentence):
    done = start(changes)
    assert done.returncode == 1
    refused = done.stderr.strip().splitlines()
    assert len(refused) == 1, done.stderr
    assert refused[0].startswith(f"Not started: {sentence}")


def test_production_refuses_a_demo_account(committed_db):
    User = get_user_model()
    User.objects.create_user("demo@example.org", handle="demo_person", is_demo=True)
    done = start({})
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Not started: The database holds demo accounts, which sign in without a password."
    )


def test_production_refuses_the_owner_of_the_tables(committed_db):
    done = start({"DATABASE_URL": owner_url(committed_db)})
    assert done.returncode == 1
    assert "Not started: The site connects as the owner" in done.stderr


def test_production_refuses_an_empty_database():
    done = start({"DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/postgres"})
    assert done.returncode == 1
    assert "Not started: The database has no tables" in done.stderr


def test_production_starts_when_it_is_one(committed_db, tmp_path):
    """The same variables without a fault: each refusal above had its fault as its only cause."""
    site = Site(tmp_path, GOOD | {"STATIC_ROOT": str(tmp_path / "static")})
    site.manage("collectstatic", "--no-input", "--verbosity", "0")
    site.ready_status = 301  # It sends whoever comes without TLS to where there is.
    site.start("web")
    assert head(site.port).startswith("HTTP/1.1 301")
    assert site.stop("web") == 0


def head(port: int) -> str:
    lines = ["GET / HTTP/1.1", "Host: gifts.example.org", "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall("\r\n".join(lines).encode())
        return client.recv(4096).decode()


def test_django_finds_nothing_to_deploy_differently(django_db_setup):
    done = start({}, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("address", "real"),
    [
        ("https://api.stripe.com", True),
        ("http://api.stripe.com", False),
        ("https://127.0.0.1:9000", False),
        ("https://localhost", False),
        ("https://fake.test", False),
        ("https://10.0.0.7", False),
        ("", True),
    ],
)
def test_production_refuses_the_address_of_a_fake_provider(address, real):
    values = {
        "SECRET_KEY": GOOD["SECRET_KEY"],
        "DEBUG": False,
        "DEMO": False,
        "ALLOWED_HOSTS": ["gifts.example.org"],
        "SITE_URL": GOOD["SITE_URL"],
        "PAYMENT_METHODS": ["offline"],
        "OFFLINE_CONFIRMED_BY_STAFF": True,
        "MANUAL_RAIL_PAYS_ITSELF": False,
        "LIVE_VIDEO": "none",
        "LIVE_HOOK_SECRET": "",
        "STRIPE_API_URL": address,
    }
    problems = list(settings_problems(values))
    assert problems == (
        [] if real else [f"STRIPE_API_URL={address} is not the real provider's address."]
    )
