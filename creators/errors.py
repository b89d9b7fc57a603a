"""What this app refuses, by name."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from users.errors import Refusal
from wallets.money import Money, format_money


class NotCreator(Refusal):
    code = "not_creator"
    status = 403
    says = _("This is for creators. You can become one.")


class CreatorWaits(Refusal):
    """Staff have not approved the creator yet."""

    code = "creator_waits"
    status = 403
    says = _("Your application as a creator waits for approval.")


class CreatorSuspended(Refusal):
    code = "creator_suspended"
    status = 403
    says = _("You cannot go live or receive gifts: %(reason)s")


class EmailUnconfirmed(Refusal):
    code = "email_unconfirmed"
    status = 403
    says = _("Please confirm your e-mail address first.")


class NotAccepted(Refusal):
    """The rate card or the rules that were accepted are not those in force."""

    code = "not_accepted"
    says = _("Please read and accept the rate card and the rules as they are now.")


class AlreadyLive(Refusal):
    code = "already_live"
    says = _("You are live already. End that stream first.")


class StreamEnded(Refusal):
    code = "stream_ended"
    says = _("This stream has ended.")


class GiftsOff(Refusal):
    code = "gifts_off"
    says = _("This creator takes no gifts at the moment.")


class Enough(Refusal):
    """The creator thanked for what was given in this stream: it is enough for today."""

    code = "enough"
    says = _("The creator says: enough, thank you! No more gifts in this stream. Stay and watch.")


class GiftTooSmall(Refusal):
    """One sending costs `least` coins at least."""

    code = "gift_too_small"
    says = _("This creator takes gifts from %(least)s coins on.")


class GiftTooLarge(Refusal):
    """One sending costs `most` coins at most."""

    code = "gift_too_large"
    says = _("This creator takes gifts of %(most)s coins at most.")


class BoundariesCross(Refusal):
    """The least of a gift would be above the most of a gift, or of a viewer's day."""

    code = "boundaries_cross"
    status = 422
    says = _("With these numbers no gift could be sent. The least must not be above the most.")


class NotLive(Refusal):
    code = "not_live"
    says = _("You are not live.")


class WrongStreamKey(Refusal):
    """No such stream key, or it was revoked."""

    code = "stream_key"
    status = 403
    stored = False
    says = _("This stream key is not valid (any more).")


class GoLiveFirst(Refusal):
    """An encoder came while no stream is open."""

    code = "go_live_first"
    status = 403
    stored = False
    says = _("Go live on the site first; then the encoder can connect.")


class AlreadyOnAir(Refusal):
    code = "on_air"
    stored = False
    says = _("Another encoder sends the picture of this stream.")


class Banned(Refusal):
    """A creator, a moderator or staff closed the creator's rooms to this person."""

    code = "banned"
    status = 403
    says = _("You cannot take part in this creator's rooms.")


class Muted(Refusal):
    """`until` is when the person may write again; empty: not by itself."""

    code = "muted"
    status = 403
    stored = False
    says = _("You cannot write in this creator's rooms for now.")


class FollowersOnly(Refusal):
    """Only followers may write here; `handle` is the creator's."""

    code = "followers_only"
    status = 403
    stored = False
    says = _("Only followers can write here at the moment.")


class SlowMode(Refusal):
    """One line every `every_seconds`; the next in `wait_seconds`."""

    code = "slow_mode"
    status = 429
    stored = False
    says = _("Slow mode is on. You can write again in %(wait_seconds)s s.")


class TooManyModerators(Refusal):
    code = "too_many_moderators"
    says = _("You can have %(most)s moderators at most.")


class PersonUnknown(Refusal):
    code = "person_unknown"
    status = 404
    says = _("There is nobody with this handle.")


class NoPayoutMethod(Refusal):
    code = "no_payout_method"
    says = _("Please say first where we should pay you.")


class PayoutMethodWaits(Refusal):
    """`until` is the time from which the payout details hold."""

    code = "payout_method_waits"
    says = _("Your payout details are new. You can withdraw once they are in effect.")


class WithdrawalTooSmall(Refusal):
    """`minimum_minor` of `currency` is the least that can be withdrawn."""

    code = "withdrawal_minimum"
    says = _("The smallest withdrawal is %(least)s.")

    @property
    def sentence(self) -> str:
        return str(self.says) % {
            "least": _money(self.details["minimum_minor"], self.details["currency"])
        }


class WithdrawalDayLimit(Refusal):
    """`left_minor` of `currency` can still be withdrawn today, of `limit_minor` in all."""

    code = "withdrawal_day_limit"
    says = _("At most %(limit)s can be withdrawn a day; %(left)s are left for today.")

    @property
    def sentence(self) -> str:
        return str(self.says) % {
            "limit": _money(self.details["limit_minor"], self.details["currency"]),
            "left": _money(self.details["left_minor"], self.details["currency"]),
        }


class SumChanged(Refusal):
    """What would be paid is no longer what was shown."""

    code = "sum_changed"
    says = _("The sum has changed since you saw it. Please look at it again.")


class StateChanged(Refusal):
    """The withdrawal, item or batch is in `state`, where this cannot be done (any more)."""

    code = "state_changed"
    stored = False
    says = _("This has moved on meanwhile and can no longer be done.")


class NothingToPrepare(Refusal):
    code = "nothing_to_prepare"
    stored = False
    says = _("No approved withdrawal waits for a payout batch.")


class BatchDamaged(Exception):
    """A frozen batch is not what its hash says; it is not sent."""


def _money(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency), get_language() or "en")
