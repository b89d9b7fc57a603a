"""What clients may say, held against the documented examples."""

import json
from pathlib import Path
from typing import Any

import pytest

from gifts.messages import FIELDS, read_form, read_message, said_key
from users.errors import Refusal

EXAMPLES = Path(__file__).resolve().parents[1] / "events"
CLIENT = {"join": "join", "send_gift": "send_gift", "undo": "undo", "client_chat": "chat"}
CLIENT |= {"ack": "ack", "like": "like"}
WRONG: tuple[Any, ...] = ({}, [], 10**400, -1)


def example(name: str) -> str:
    return (EXAMPLES / f"{name}.json").read_text(encoding="utf-8")


def test_every_client_message_has_an_example() -> None:
    assert set(CLIENT.values()) == set(FIELDS)


@pytest.mark.parametrize("name", CLIENT)
def test_example_of_a_client_message_is_read(name: str) -> None:
    type_, fields = read_message(example(name))
    said = json.loads(example(name))
    assert type_ == CLIENT[name] == said.pop("type")
    assert said.pop("v") == 1
    assert {key: str(value) for key, value in fields.items() if key in said} == {
        key: str(value) for key, value in said.items()
    }


@pytest.mark.parametrize("name", [n for n in CLIENT if n != "ack"])
def test_each_field_is_checked_and_no_other_is_taken(name: str) -> None:
    said = json.loads(example(name))
    for field in set(said) - {"type", "v"}:
        for wrong in WRONG:
            with pytest.raises(Refusal) as refused:
                read_message(json.dumps(said | {field: wrong}))
            assert refused.value.details == {"field": field}
    with pytest.raises(Refusal) as refused:
        read_message(json.dumps(said | {"sender_id": 1}))
    assert (refused.value.code, refused.value.details) == ("unknown_field", {"field": "sender_id"})


def test_text_loses_what_is_not_text() -> None:
    said = json.loads(example("client_chat")) | {"text": " a\u0000\u2028 b\n\tc "}
    assert read_message(json.dumps(said))[1]["text"] == "a b c"


def test_key_of_a_refused_message_is_found_where_it_has_one() -> None:
    assert said_key('{"type":"x","key":"abcdefgh"}') == "abcdefgh"
    for frame in ("", "{", "[]", '{"key":7}', '{"key":"no spaces here"}', None):
        assert said_key(frame) is None


def test_form_is_read_as_the_message_it_stands_for() -> None:
    form = {"key": "abcdefgh", "gift": "acorn", "price_coins": "5", "rate_card": "1"}
    assert read_form("send_gift", form | {"quantity": "2", "confirmed": "on"}) == {
        "key": "abcdefgh",
        "gift": "acorn",
        "quantity": 2,
        "price_coins": 5,
        "rate_card": 1,
        "confirmed": True,
        "message": "",
        "anonymous": False,
    }
    for quantity in ("", "1.0", "-1", "1e3", "٣", "9" * 17):
        with pytest.raises(Refusal):
            read_form("send_gift", form | {"quantity": quantity})
