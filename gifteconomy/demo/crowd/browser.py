"""A small browser for one person: cookies, pages and forms, over real HTTP."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

MOST_REDIRECTS = 8
PATIENCE_SECONDS = 60


class PageFailed(Exception):
    """The site answered, but not with a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came, after all redirects; `url` is a path with its query."""

    url: str
    text: str

    def form(self, number: int = 0, *, id: str = "") -> "Form":
        """The form with this id, or the one of this number in <main>."""
        reader = _Forms()
        reader.feed(self.text)
        found = [form for form in reader.forms if not id or form.id == id]
        if len(found) <= number:
            raise PageFailed(f"{self.url} has no such form")
        return found[number]

    def json(self, id: str) -> Any:
        """What a <script type="application/json"> holds."""
        _, found, rest = self.text.partition(f'<script id="{id}" type="application/json">')
        if not found:
            raise PageFailed(f"{self.url} has no {id}")
        return json.loads(rest.partition("</script>")[0])


class Browser:
    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self.host, self.port = parts.hostname or "", parts.port
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._is_https = parts.scheme == "https"
        self.cookies: dict[str, str] = {}

    def get(self, url: str) -> Page:
        return self._open("GET", url, None)

    def submit(self, page: Page, form: "Form", **values: str) -> Page:
        """Send a form of a page with these fields filled in."""
        fields = {**form.fields, **values}
        return self._open("POST", urljoin(page.url, form.action or page.url), fields)

    def _open(self, method: str, url: str, fields: Mapping[str, str] | None) -> Page:
        for _ in range(MOST_REDIRECTS):
            status, location, text = self._ask(method, url, fields)
            if 200 <= status < 300:
                return Page(url, text)
            if not 300 <= status < 400:
                raise PageFailed(f"{method} {url}: {status}")
            method, url, fields = "GET", urljoin(url, location), None
        raise PageFailed(f"{url}: too many redirects")

    def _ask(self, method: str, url: str, fields: Mapping[str, str] | None) -> tuple[int, str, str]:
        kind = http.client.HTTPSConnection if self._is_https else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=PATIENCE_SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            headers |= {
                "Origin": self.origin,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = urlencode(fields)
        try:
            connection.request(method, url, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    for cookie, morsel in SimpleCookie(value).items():
                        self.cookies[cookie] = morsel.value
            return answer.status, answer.getheader("Location") or "", text
        finally:
            connection.close()


@dataclass(slots=True)
class Form:
    id: str
    action: str
    fields: dict[str, str]


class _Forms(HTMLParser):
    """Reads the forms in a page's <main>, with what a person would send by changing nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._in_main = False
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main = True
        elif tag == "form" and self._in_main:
            self._form = Form(said.get("id", ""), said.get("action", ""), {})
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None and "name" in said:
            chosen = said.get("type") not in ("radio", "checkbox") or "checked" in said
            if chosen:
                self._form.fields[said["name"]] = said.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "main":
            self._in_main = False
