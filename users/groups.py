"""The groups of staff: support, moderation, finance, auditor.

An app declares what each group may do with its models, in its AppConfig:

    staff_groups = {"support": ["view_order", "cancel_order"], "auditor": [groups.VIEW_ALL]}

After every `migrate` the declared permissions are granted. Nothing is ever taken away, so what an
operator grants by hand stays.
"""

from typing import Any

from django.apps import AppConfig, apps

VIEW_ALL = "view_*"
NAMES = ("support", "moderation", "finance", "auditor")


class UnknownPermission(Exception):
    """An app declares a permission that none of its models has."""


def grant_declared(app_config: AppConfig, *, using: str) -> None:
    """Make the groups and grant what `app_config.staff_groups` declares for the app's models."""
    declared: dict[str, list[str]] = getattr(app_config, "staff_groups", {})
    if not declared:
        return
    permissions = _permissions_of(app_config, using)
    group_model: Any = apps.get_model("auth", "Group")
    for name in NAMES:
        group, _ = group_model.objects.using(using).get_or_create(name=name)
        wanted = []
        for codename in declared.get(name, []):
            if codename == VIEW_ALL:
                wanted += [p for code, p in permissions.items() if code.startswith("view_")]
            elif codename in permissions:
                wanted.append(permissions[codename])
            else:
                raise UnknownPermission(f"{app_config.label}.{codename} for group {name}")
        group.permissions.add(*wanted)
    if unknown := set(declared) - set(NAMES):
        raise UnknownPermission(f"{app_config.label}: no group is called {sorted(unknown)}")


def _permissions_of(app_config: AppConfig, using: str) -> dict[str, Any]:
    permission_model: Any = apps.get_model("auth", "Permission")
    rows = permission_model.objects.using(using).filter(content_type__app_label=app_config.label)
    return {row.codename: row for row in rows}
