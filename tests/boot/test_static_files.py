"""Static files of a development server are answered as Django would answer them."""

import asyncio
from typing import Any

import pytest
from channels.testing import HttpCommunicator
from django.conf import settings
from django.test import Client

from gifteconomy.static_files import StaticFiles

FILE = f"{settings.STATIC_URL}js/room/state.js"


async def not_ours(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"asked Django"})


def ask(method: str, path: str, **headers: str) -> dict[str, Any]:
    async def asked() -> dict[str, Any]:
        sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        return await HttpCommunicator(
            StaticFiles(not_ours), method, path, headers=sent
        ).get_response()

    return asyncio.run(asked())


def test_content_and_headers_are_those_that_django_gives():
    answer, by_django = ask("GET", FILE), Client().get(FILE)
    assert answer["status"] == by_django.status_code == 200
    assert answer["body"] == b"".join(by_django.streaming_content)
    headers = {name.decode(): value.decode() for name, value in answer["headers"]}
    assert headers == {name.lower(): value for name, value in by_django.items()}
    assert headers["x-content-type-options"] == "nosniff"


def test_what_the_browser_has_is_not_sent_again():
    tag = dict(ask("GET", FILE)["headers"])[b"etag"].decode()
    answer = ask("GET", FILE, **{"If-None-Match": tag})
    assert (answer["status"], answer["body"]) == (304, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", FILE),
        ("GET", "/live/"),
        ("GET", f"{settings.STATIC_URL}js/no-such-file.js"),
        ("GET", f"{settings.STATIC_URL}../manage.py"),
        ("GET", f"{settings.STATIC_URL}../gifteconomy/settings.py"),
    ],
)
def test_everything_else_is_left_to_django(method, path):
    assert ask(method, path)["body"] == b"asked Django"
