"""What a person is told when the half or the whole of an own limit is spent."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from wallets.templatetags.money import coins_text


def reminder_texts() -> dict[str, str]:
    """The sentences for pages and their script: names stand in braces."""
    return {
        "reminder_half": _("Half of your own limit is spent: {spent} of {of} {period}."),
        "reminder_whole": _("Your own limit is reached: {of} {period}."),
        "period_own_day": _("today"),
        "period_own_week": _("this week"),
        "period_own_month": _("this month"),
    }


def reminder_sentence(reminder: Mapping[str, Any]) -> str:
    """As the room's script says it, for answers to forms."""
    texts = reminder_texts()
    return texts[f"reminder_{reminder['reached']}"].format(
        spent=coins_text(reminder["spent"]),
        of=coins_text(reminder["of"]),
        period=texts[f"period_{reminder['limit']}"],
    )
