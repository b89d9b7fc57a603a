"""The refusal: what a person is told when a request by rule moves nothing."""

from typing import Any


class Refusal(Exception):
    """A request was understood and refused; nothing moved.

    `code` is stable and documented in docs/refusals.md; `details` are plain JSON values that the
    sentence and its button need (for example the missing coins). `status` is the HTTP status.
    """

    code = "refused"
    status = 409

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details


class TooYoung(Refusal):
    code = "age"
    status = 403


class Frozen(Refusal):
    code = "frozen"
    status = 403


class Blocked(Refusal):
    code = "blocked"
    status = 403


class TooFast(Refusal):
    code = "too_fast"
    status = 429
