"""Everything that changes something about people. `users.actions.staff` is for staff work."""

from users.actions.blocks import block, unblock
from users.actions.notifying import notify
from users.actions.people import (
    change_handle,
    give_date_of_birth,
    require_money_age,
    save_preferences,
    save_profile,
    sign_up,
)
from users.actions.staff import audit

__all__ = [
    "audit",
    "block",
    "change_handle",
    "give_date_of_birth",
    "notify",
    "require_money_age",
    "save_preferences",
    "save_profile",
    "sign_up",
    "unblock",
]
