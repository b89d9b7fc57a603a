"""What people are told of their gifts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from users.notices import Data, Kind, register
from wallets.templatetags.money import coins_text


def _new_supporters(data: Data) -> str:
    if data["count"] == 1:
        return _("%(name)s gave to you for the first time.") % data
    if data["count"] == 2:
        return _("%(name)s and one more gave to you for the first time.") % data
    others = data["count"] - 1
    return _("%(name)s and %(others)d more gave to you for the first time.") % {
        "name": data["name"],
        "others": others,
    }


NEW_SUPPORTER = register(
    Kind(
        code="new_supporter",
        label=lazy("Somebody gives to me for the first time"),
        mark="heart",
        sentence=_new_supporters,
        by_mail=False,
    )
)

GOAL_MET = register(
    Kind(
        code="goal_met",
        label=lazy("A goal I gave to is reached"),
        mark="target",
        sentence=lambda data: _("The goal is reached: %(title)s") % data,
    )
)


def _returned(data: Data) -> str:
    return _("%(creator)s returned your gift %(gift)s: you have %(coins)s again.") % {
        "creator": data["creator"],
        "gift": data["gift"],
        "coins": coins_text(data["coins"]),
    }


GIFT_RETURNED = register(
    Kind(
        code="gift_returned",
        label=lazy("A gift of mine comes back"),
        mark="undo",
        sentence=_returned,
        by_mail=True,
    )
)
