"""A browser without a window: a session cookie, CSRF, forms, and patience with a site that dies."""

import http.client
import json
import re
import secrets
import time
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from users.models import User

ANSWER_SECONDS = 20
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
# Refused before anything was decided: the same wish is asked again.
ASK_AGAIN = {"too_fast", "busy", "unavailable"}


class GaveUp(Exception):
    """The site did not answer for longer than anybody would wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path of this site."""
        parts = urlsplit(self.headers.get("location", ""))
        return parts._replace(scheme="", netloc="").geturl()

    def json(self) -> dict[str, Any]:
        return json.loads(self.text)

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's forms; of equal names the last."""
        return {name: unescape(value) for name, value in HIDDEN.findall(self.text)}


class Visitor:
    """One person's browser. `unanswered` counts the requests that had to be asked again."""

    def __init__(self, user: User, *, port: int, patience_seconds: float) -> None:
        self.user = user
        self.port = port
        self.patience_seconds = patience_seconds
        self.unanswered = 0
        self._token = secrets.token_hex(16)
        self._cookies = {
            settings.SESSION_COOKIE_NAME: session_of(user),
            settings.CSRF_COOKIE_NAME: self._token,
        }

    def get(self, path: str) -> Answer:
        return self._until_answered("GET", path, None, {})

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        """Send a form, the same one again until somebody answers."""
        body = urlencode({**fields, "csrfmiddlewaretoken": self._token})
        return self._until_answered(
            "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def post_json(self, path: str, fields: dict[str, Any]) -> Answer:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token}
        return self._until_answered("POST", path, json.dumps(fields), headers)

    def _until_answered(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> Answer:
        deadline = time.monotonic() + self.patience_seconds
        wait = 0.1
        while True:
            try:
                answer = self._ask(method, path, body, headers)
                if not asks_again(answer):
                    return answer
                why = f"{answer.status} {answer.text[:300]}"
            except (OSError, http.client.HTTPException) as error:
                why = repr(error)
            self.unanswered += 1
            if time.monotonic() > deadline:
                raise GaveUp(f"{method} {path}: {why}")
            time.sleep(wait)
            wait = min(2 * wait, 2)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, body, {**headers, "Cookie": cookies})
            response = connection.getresponse()
            text = response.read().decode()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=found, text=text)
        finally:
            connection.close()


def asks_again(answer: Answer) -> bool:
    """Whether nobody decided anything yet: an error of the site, or an answer that says so."""
    if "json" in answer.headers.get("content-type", "") and answer.status >= 400:
        return answer.json().get("refusal", {}).get("code") in ASK_AGAIN
    return answer.status >= 500


def session_of(user: User) -> str:
    """The key of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key
