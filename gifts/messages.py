"""What clients may say: one table of types and their fields, for the socket and for forms.

Unknown types and fields, and values that are not what they have to be, are refused by name before
anything looks at them.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from gifts.errors import Malformed, TooLarge, UnknownField, UnknownType, WrongValue

VERSION = 1
LARGEST_BYTES = 4096
LARGEST_NUMBER = 2**53 - 1
MESSAGE_CHARACTERS = 150
CHAT_CHARACTERS = 300
MOST_AT_ONCE = 99
MOST_LIKES = 50

Check = Callable[[Any], Any]


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise ValueError
        return value

    return check


def _whole(least: int, most: int) -> Check:
    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError
        return value

    return check


def _text(shortest: int, longest: int) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError
        value.encode()  # a lone surrogate is no text
        # Control characters and line breaks are spaces: a line is a line.
        plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in value)
        plain = " ".join(plain.split())
        if not shortest <= len(plain) <= longest:
            raise ValueError
        return plain

    return check


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _id(value: Any) -> UUID:
    if not isinstance(value, str):
        raise ValueError
    return UUID(value)


def _resume(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"epoch", "seq"}:
        raise ValueError
    return {"epoch": _matches(r"[0-9a-f-]{1,36}")(value["epoch"]), "seq": _seq(value["seq"])}


_key = _matches(r"[A-Za-z0-9_-]{8,64}")
_seq = _whole(0, LARGEST_NUMBER)

# Fields with a default may be left out.
REQUIRED = object()
FIELDS: dict[str, dict[str, tuple[Check, Any]]] = {
    "join": {"ticket": (_matches(r"[!-~]{1,1500}"), REQUIRED), "resume": (_resume, None)},
    "send_gift": {
        "key": (_key, REQUIRED),
        "gift": (_matches(r"[-a-zA-Z0-9_]{1,50}"), REQUIRED),
        "quantity": (_whole(1, MOST_AT_ONCE), 1),
        "price_coins": (_whole(1, LARGEST_NUMBER), REQUIRED),
        "rate_card": (_whole(1, LARGEST_NUMBER), REQUIRED),
        "confirmed": (_yes_no, False),
        "message": (_text(0, MESSAGE_CHARACTERS), ""),
        "anonymous": (_yes_no, False),
    },
    "undo": {"key": (_key, REQUIRED), "gift_id": (_id, REQUIRED)},
    "chat": {"key": (_key, REQUIRED), "text": (_text(1, CHAT_CHARACTERS), REQUIRED)},
    "like": {"count": (_whole(1, MOST_LIKES), REQUIRED)},
    "ack": {"seq": (_seq, REQUIRED)},
}


def read_message(frame: str | bytes | None) -> tuple[str, dict[str, Any]]:
    """The type and the checked fields of a client's frame.

    Refused with TooLarge, Malformed, UnknownType, UnknownField or WrongValue.
    """
    if frame is None:
        raise Malformed()
    if len(frame if isinstance(frame, bytes) else frame.encode()) > LARGEST_BYTES:
        raise TooLarge(most=LARGEST_BYTES)
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise Malformed() from error
    if not isinstance(message, dict):
        raise Malformed()
    type_ = message.pop("type", None)
    if not isinstance(type_, str) or type_ not in FIELDS:
        raise UnknownType(type=str(type_)[:50])
    if message.pop("v", None) != VERSION:
        raise WrongValue(field="v")
    return type_, read_fields(type_, message)


def said_key(frame: str | bytes | None) -> str | None:
    """The key of a message that was refused, when it has one: its sender waits for an answer."""
    try:
        key = json.loads(frame or "").get("key")
        return _key(key)
    except (ValueError, AttributeError, RecursionError):
        return None


def read_fields(type_: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The checked fields of a message of this type. Refused with UnknownField or WrongValue."""
    known = FIELDS[type_]
    for name in said:
        if name not in known:
            raise UnknownField(field=str(name)[:50])
    return {name: _read(name, said, *known[name]) for name in known}


def read_form(type_: str, said: Mapping[str, str]) -> dict[str, Any]:
    """As `read_fields`, for the texts of a form: numbers and ticked boxes are read first."""
    values: dict[str, Any] = dict(said)
    for name in ("quantity", "price_coins", "rate_card"):
        if re.fullmatch(r"[0-9]{1,16}", values.get(name, "")):
            values[name] = int(values[name])
    for name in ("confirmed", "anonymous"):
        if name in values:
            values[name] = values[name] in ("1", "on", "true")
    return read_fields(type_, values)


def _read(name: str, said: Mapping[str, Any], check: Check, default: Any) -> Any:
    if name not in said:
        if default is REQUIRED:
            raise WrongValue(field=name)
        return default
    try:
        return check(said[name])
    except (ValueError, UnicodeError) as error:
        raise WrongValue(field=name) from error
