"""What the ledger refuses, by name, and what must never happen."""

from users.errors import Refusal


class InsufficientCoins(Refusal):
    """The wallet holds fewer coins than asked for; `missing` says how many."""

    code = "insufficient_coins"
    status = 402


class InsufficientDiamonds(Refusal):
    code = "insufficient_diamonds"


class RepeatDiffers(Refusal):
    """The key was used before with another request."""

    code = "repeat_differs"
    status = 409
    stored = False


class Busy(Refusal):
    """The system is at its limit now; nothing was tried, the same key may be sent again."""

    code = "busy"
    status = 503
    stored = False


class Stopped(Refusal):
    """Staff have stopped this part; `message` is what people are told."""

    code = "stopped"
    status = 503
    stored = False


class NothingToTakeBack(Refusal):
    """The whole transfer came back before, or its diamonds are cleared."""

    code = "nothing_to_take_back"


class TooLate(Refusal):
    code = "too_late"


class NotRefundable(Refusal):
    code = "not_refundable"


class AlreadyResolved(Refusal):
    """The hold was posted or voided before."""

    code = "already_resolved"


class OverLimit(Refusal):
    """An own limit, a cap or a staff limit would be passed; `limit` and `left` say which."""

    code = "limit"


class LedgerBroken(Exception):
    """An assertion of the ledger failed: the transaction is rolled back and nothing is written."""


class NothingDue(Refusal):
    """There is nothing to do now; a later try may find something."""

    code = "nothing_due"
    stored = False


class NeedsMoreAccounts(Exception):
    """Judging found an account that was not locked; the action locks it too and tries again."""

    def __init__(self, accounts: set[int]) -> None:
        super().__init__(accounts)
        self.accounts = accounts
