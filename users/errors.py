"""The refusal: what a person is told when a request by rule moves nothing."""

from typing import Any


class Refusal(Exception):
    """A request was understood and refused; nothing moved.

    `code` is stable and documented in docs/refusals.md; `details` are plain JSON values that the
    sentence and its button need (for example the missing coins). `status` is the HTTP status.
    """

    code = "refused"
    status = 409
    # Kept for its key for ever; False where the same key may be tried again.
    stored = True

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
    stored = False


class OwnAccount(Refusal):
    """Staff do not act on what is their own."""

    code = "own_account"
    status = 403


class SecondFactorNeeded(Refusal):
    code = "second_factor"
    status = 403


class SecondPersonNeeded(Refusal):
    """Who asked for a staff action does not approve it."""

    code = "second_person"
    status = 403


class NotAllowed(Refusal):
    """The person lacks the permission for this."""

    code = "not_allowed"
    status = 403


class AlreadyDecided(Refusal):
    code = "already_decided"


class KeyUsedOtherwise(Refusal):
    """The key of a staff action was used before, for something else."""

    code = "key_used_otherwise"


class Unavailable(Refusal):
    """A part that this must not do without (Valkey) does not answer."""

    code = "unavailable"
    status = 503


class HandleRefused(Refusal):
    """The handle cannot be had: `why` is format, reserved or taken."""

    code = "handle"


class HandleTooSoon(Refusal):
    """The handle was changed lately; `until` is the day when it can be changed again."""

    code = "handle_too_soon"


class PictureRefused(Refusal):
    """The file is no picture that we take: `why` is size, kind, pixels or broken."""

    code = "picture"
    status = 422
