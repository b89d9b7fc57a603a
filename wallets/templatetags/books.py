"""The state of the books on the staff's first page."""

from typing import Any

from django import template

from wallets.models import Switch
from wallets.selectors.checks import last_check, stopped_parts

register = template.Library()


@register.simple_tag(takes_context=True)
def state_of_books(context: template.Context) -> dict[str, Any] | None:
    """The last `ledger_check` and what is stopped, as far as this person may see it."""
    user: Any = context["request"].user
    sees_checks = user.has_perm("wallets.view_checkrun")
    sees_switches = user.has_perm("wallets.view_switch")
    if not (sees_checks or sees_switches):
        return None
    stopped = stopped_parts()
    return {
        "sees_checks": sees_checks,
        "check": last_check() if sees_checks else None,
        "posting_stopped": any(part.name == Switch.Name.POSTING for part in stopped),
        "stopped": stopped if sees_switches else [],
    }
