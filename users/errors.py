"""The refusal: what a person is told when a request by rule moves nothing."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A request was understood and refused; nothing moved.

    `code` is stable and documented in docs/refusals.md; `details` are plain JSON values that the
    sentence and its button need (for example the missing coins). `status` is the HTTP status.
    """

    code = "refused"
    status = 409
    # Kept for its key for ever; False where the same key may be tried again.
    stored = True
    # What the person is told; `%(name)s` takes a detail.
    says: Any = _("This cannot be done.")

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details

    @property
    def sentence(self) -> str:
        return str(self.says) % self.details


class TooYoung(Refusal):
    code = "age"
    status = 403
    says = _("You must be older for this.")


class Frozen(Refusal):
    code = "frozen"
    status = 403
    says = _("This account is on hold.")


class Blocked(Refusal):
    code = "blocked"
    status = 403
    says = _("One of you has blocked the other.")


class Yourself(Refusal):
    """Nobody blocks or reports themselves."""

    code = "yourself"
    says = _("That is you yourself.")


class NotThere(Refusal):
    """What somebody would report is gone, or never was."""

    code = "not_there"
    says = _("There is nothing to report here any more.")


class TooFast(Refusal):
    code = "too_fast"
    status = 429
    stored = False
    says = _("That was too fast. Please wait a moment.")


class OwnAccount(Refusal):
    """Staff do not act on what is their own."""

    code = "own_account"
    status = 403
    says = _("Staff do not act on what is their own.")


class SecondFactorNeeded(Refusal):
    code = "second_factor"
    status = 403
    says = _("Please confirm with your second factor first.")


class SecondPersonNeeded(Refusal):
    """Who asked for a staff action does not approve it."""

    code = "second_person"
    status = 403
    says = _("Somebody else must decide this.")


class NotAllowed(Refusal):
    """The person lacks the permission for this."""

    code = "not_allowed"
    status = 403
    says = _("You do not have the right to do this.")


class AlreadyDecided(Refusal):
    code = "already_decided"
    says = _("This was decided before.")


class ReasonMissing(Refusal):
    """A staff action says why, or does not happen."""

    code = "reason_missing"
    status = 422
    says = _("Please give a reason.")


class KeyUsedOtherwise(Refusal):
    """The key of a staff action was used before, for something else."""

    code = "key_used_otherwise"
    says = _("This form was sent before with other content. Please open it again.")


class Unavailable(Refusal):
    """A part that this must not do without (Valkey) does not answer."""

    code = "unavailable"
    status = 503
    says = _("This is not available for a moment. Please try again.")


class HandleRefused(Refusal):
    """The handle cannot be had: `why` is format, reserved or taken."""

    code = "handle"
    says = _("This handle cannot be taken.")


class HandleTooSoon(Refusal):
    """The handle was changed lately; `until` is the day when it can be changed again."""

    code = "handle_too_soon"
    says = _("A handle can be changed once in %(days)s days; yours again from %(until)s.")


class PictureRefused(Refusal):
    """The file is no picture that we take: `why` is size, kind, pixels or broken."""

    code = "picture"
    status = 422
    says = _("This picture cannot be used.")


class AlreadySo(Refusal):
    """What was asked for is the case already."""

    code = "already_so"
    says = _("That is so already.")


class BirthdayRefused(Refusal):
    """No date on which a living person was born, or one is saved already."""

    code = "date_of_birth"
    status = 422
    says = _("This date of birth cannot be right.")


class EmailTaken(Refusal):
    """Somebody signed up with this address at the same moment."""

    code = "email_taken"
    says = _("Somebody has an account with this e-mail address.")


class NameRefused(Refusal):
    """The name would make its owner look like staff."""

    code = "name"
    status = 422
    says = _("This name looks like the staff of the site. Please take another.")


class TermsChanged(Refusal):
    """The terms on the page that was sent are no longer the terms in force."""

    code = "terms_changed"
    says = _("The terms have changed since you opened this page. Please read them again.")


class RaiseWaits(Refusal):
    """A higher own limit was asked for less than a day ago."""

    code = "raise_waits"
    says = _("A higher limit can be confirmed from %(until)s.")


class RaiseLapsed(Refusal):
    """The second yes came so late that it has to be asked for anew."""

    code = "raise_lapsed"
    says = _("You asked for more room long ago, and that has lapsed. Please ask again.")


class Pause(Refusal):
    """The person allows themselves no spending until `until`."""

    code = "pause"
    status = 403
    says = _("You allow yourself no spending until %(until)s.")

    @property
    def sentence(self) -> str:
        until = localtime(datetime.fromisoformat(self.details["until"]))
        return str(self.says) % {"until": date_format(until, "DATETIME_FORMAT")}


class OnBreak(Pause):
    """The person's own break, which nothing ends before its time."""

    code = "on_break"
    says = _("You are on a break: nothing can be spent or recharged until %(until)s.")


class QuietHours(Pause):
    """The person's own quiet hours."""

    code = "quiet_hours"
    says = _("These are your quiet hours: nothing can be spent or recharged until %(until)s.")


class HoursRefused(Refusal):
    """Quiet hours begin and end at two times that differ, in whole minutes."""

    code = "hours"
    status = 422
    says = _("Quiet hours need two times that differ.")


class MessageNotAllowed(Refusal):
    """A text holds what no text here may hold; `why` is the kind, never the word of a list."""

    code = "message_not_allowed"
    status = 422
    # Judged before anything is locked: the same words can be tried again when the rules change.
    stored = False
    says = _("Your text was not sent: %(because)s")
    becauses: dict[str, Any] = {
        "link": _("it holds a web address. A space after each full stop may help."),
        "mail": _("it holds an e-mail address. Please do not share those here."),
        "phone": _("it holds a phone number. Please do not share those here."),
        "offer": _("it reads like an offer of coins. Coins are sold by this site alone."),
        "word": _("it holds a word that is not welcome here."),
        "long": _("it is too long."),
        "nobody": _("this creator takes gifts without messages."),
        "followers": _("this creator takes messages with gifts from followers."),
    }

    @property
    def sentence(self) -> str:
        return str(self.says) % {"because": self.becauses[self.details["why"]]}


class ListFull(Refusal):
    """The list holds as much as it may: `most`."""

    code = "list_full"
    says = _("This list is full; it holds %(most)s at most.")
