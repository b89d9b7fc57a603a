"""What sending a gift refuses, by name, and what the room's socket refuses."""

from django.utils.translation import gettext_lazy as _

from users.errors import Refusal


class GiftUnavailable(Refusal):
    """There is no such gift, or it cannot be sent now."""

    code = "gift_unavailable"
    says = _("This gift cannot be sent any more. Please choose another one.")


class PriceChanged(Refusal):
    """What was shown is not the price or the rate card now; details say what is."""

    code = "price_changed"
    says = _("The price has changed since it was shown. Please look again and send once more.")


class OwnStream(Refusal):
    code = "own_stream"
    status = 403
    says = _("This is your own stream. Others send you gifts here.")


class ConfirmNeeded(Refusal):
    """A gift this large is sent only with a second yes; `coins` is its price."""

    code = "confirm"
    says = _("This gift costs %(coins)s coins. Please confirm that you want to send it.")


class AnonymousWithMessage(Refusal):
    """Who sends without a name says nothing with it."""

    code = "anonymous_with_message"
    status = 422
    says = _("A gift without your name cannot carry a message.")


class AnonymousOff(Refusal):
    code = "anonymous_off"
    says = _("This creator takes gifts with a name only.")


class GiftUnknown(Refusal):
    """The sender has sent no gift with this number."""

    code = "gift_unknown"
    status = 404
    says = _("We do not find this gift among yours.")


class NotYours(Refusal):
    """The creator got no gift with this number."""

    code = "not_yours"
    status = 404
    says = _("We do not find this gift among those that you got.")


class DiamondsGone(Refusal):
    """The diamonds of the gift were withdrawn, wait to be, or are held."""

    code = "diamonds_gone"
    says = _(
        "The diamonds of this gift are not in your balance any more, so it cannot be returned."
    )


class TextUnknown(Refusal):
    """No line, message or act has this number; old lines are deleted."""

    code = "text_unknown"
    status = 404
    says = _("This is not there any more.")


class NoGoal(Refusal):
    """The room has no goal: it was taken away, or never set."""

    code = "no_goal"
    status = 404
    says = _("There is no goal in this room now.")


class GoalReached(Refusal):
    """What was reached stands; set another goal."""

    code = "goal_reached"
    says = _("This goal was reached and stays as it is. Set a new one.")


class UndoTooLate(Refusal):
    """The window for taking a gift back has ended."""

    code = "undo_too_late"
    says = _("The time for taking this gift back is over.")


class UndoneBefore(Refusal):
    code = "undone_before"
    says = _("This gift was taken back before.")


class UndoLimit(Refusal):
    """`most` gifts were taken back today."""

    code = "undo_limit"
    says = _("You can take back %(most)s gifts a day. Tomorrow you can again.")


class SignInNeeded(Refusal):
    code = "sign_in"
    status = 401
    stored = False
    says = _("Please sign in or make an account first. It brings you back here.")


# --- what never gets as far as a rule -------------------------------------------------------------
class Malformed(Refusal):
    """Not a JSON object, or not a form."""

    code = "malformed"
    status = 400
    stored = False
    says = _("This message could not be read.")


class TooLarge(Refusal):
    code = "too_large"
    status = 413
    stored = False
    says = _("This message is too large.")


class UnknownType(Refusal):
    code = "unknown_type"
    status = 400
    stored = False
    says = _("This kind of message is not known here.")


class UnknownField(Refusal):
    """`field` is not part of this message."""

    code = "unknown_field"
    status = 400
    stored = False
    says = _("%(field)s is not part of this message.")


class WrongValue(Refusal):
    """`field` is missing, or not what it has to be."""

    code = "wrong_value"
    status = 400
    stored = False
    says = _("%(field)s is missing or wrong.")


class OverlayClosed(Refusal):
    """No such overlay, or it was revoked."""

    code = "overlay_closed"
    status = 403
    stored = False
    says = _("This overlay was closed.")


class TooManyOverlays(Refusal):
    """At most `most` overlays at a time."""

    code = "too_many_overlays"
    stored = False
    says = _("You can have %(most)s overlays. Revoke one first.")
