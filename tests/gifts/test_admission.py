"""Where a socket comes from, and how many may."""

from typing import Any

import pytest
from django.conf import LazySettings

from gifts.rooms.admission import Admission, address_of


def scope(client: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return {"client": [client, 5] if client else None, "headers": headers}


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, ""),
        ("/run/web.socket", ""),
    ],
)
def test_address_is_the_peers_and_what_it_says_is_not_believed(
    client: str | None, address: str
) -> None:
    assert address_of(scope(client, "198.51.100.9")) == address


def test_behind_a_proxy_only_what_the_proxy_added_counts(settings: LazySettings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    told = scope("127.0.0.1", "203.0.113.1, 203.0.113.2", "10.0.0.1, 198.51.100.9")
    assert address_of(told) == "198.51.100.9"
    assert address_of(scope("127.0.0.1")) == ""
    assert address_of(scope("127.0.0.1", "nonsense")) == ""


def test_places_are_counted_and_given_back(settings: LazySettings) -> None:
    settings.SOCKETS_PER_ADDRESS, settings.SOCKETS_PER_PROCESS = 2, 3
    admission = Admission()
    assert [admission.take("a") for _ in range(3)] == [True, True, False]
    assert [admission.take(""), admission.take("b")] == [True, False], "the process is full"
    admission.give_back("a")
    assert admission.take("b")
    assert dict(admission.by_address) == {"a": 1, "": 1, "b": 1}
