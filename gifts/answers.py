"""Receipts and refusals as the socket and the pages give them."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from gifts.messages import VERSION
from users import refusals
from users.errors import Refusal
from wallets.writer import Outcome, refusal_of

Message = dict[str, Any]


def receipt(key: str, outcome: Outcome) -> Message:
    """The answer to `send_gift`: a receipt, or why not."""
    return _answer("receipt", key, outcome)


def undone(key: str, outcome: Outcome) -> Message:
    """The answer to `undo`."""
    return _answer("undone", key, outcome)


def said(key: str, line: Message) -> Message:
    """The answer to `chat`: the own line, which a crowded tick may leave out."""
    return {"type": "said", "v": VERSION, "key": key, "line": line}


def refusal(key: str | None, refused: Refusal) -> Message:
    return {"type": "refusal", "v": VERSION, "key": key, **refusals.as_json(refused)}


def refusal_in(outcome: Outcome) -> Refusal:
    """Why an outcome is not done."""
    return outcome.refusal or refusal_of(outcome.code, outcome.details)


def _answer(type_: str, key: str, outcome: Outcome) -> Message:
    if not outcome.done:
        return refusal(key, refusal_in(outcome))
    return {"type": type_, "v": VERSION, "key": key, **outcome.details}


def _named(name: str, **query: Any) -> str:
    """The address of a page, or "" where this site has no such page."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    return f"{url}?{urlencode(query)}" if query else url


refusals.offer(
    "insufficient_coins", _("Get coins"), lambda d: _named("recharge", need=d.get("missing", ""))
)
refusals.offer("sign_in", _("Sign in"), lambda d: _named("account_login"))
refusals.offer("age", _("Tell us your birthday"), lambda d: d.get("url", ""))
