"""Long random secrets that are stored as their hash.

They are 256 bits from the system's source of chance. Nobody finds such a number by trying, so one
round of SHA-256 is enough, and a row is found by the hash without a comparison that could be timed.
"""

import hashlib
import secrets

SHOWN_AT_END = 4


def new_token() -> str:
    """A secret, to be shown once: 43 letters, digits, - and _."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def hint_of(token: str) -> str:
    """Its end, by which its owner knows it."""
    return token[-SHOWN_AT_END:]
