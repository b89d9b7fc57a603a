"""What people are told of gifts."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from users.notices import Data, Kind, register


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
