"""What every page needs: the import map, page modules, icons and the site's name."""

import json
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What would end a <script> or start a comment inside it.
SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def importmap(context: template.Context) -> SafeString:
    """An import map that gives every `static/js/**/*.js` its bare name.

    `static/js/gifts/player.js` is `gifts/player`, whatever its hashed address is. An import of
    `./player.js` from a neighbour leads to the same file. New files need no registration.
    """
    imports = {name: static(f"js/{name}.js") for name in _modules()}
    plain = {f"{settings.STATIC_URL}js/{name}.js": address for name, address in imports.items()}
    imports |= {address: hashed for address, hashed in plain.items() if address != hashed}
    text = json.dumps({"imports": imports}).translate(SCRIPT_ESCAPES)
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context.get("CSP_NONCE", ""),
        mark_safe(text),  # noqa: S308 - JSON of our own file names, escaped above
    )


@register.simple_tag
def page_module(name: str) -> SafeString:
    """The one module that starts this page: `{% page_module "room/page" %}`."""
    return format_html('<script type="module" src="{}"></script>', static(f"js/{name}.js"))


@register.simple_tag
def icon(name: str, modifier: str = "") -> SafeString:
    """A drawing of img/icons.svg, silent for screen readers: `{% icon "wallet" "large" %}`."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon--{modifier}" if modifier else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
def site_url() -> str:
    """The site's address without a slash at the end, for mails."""
    return settings.SITE_URL.rstrip("/")


@register.simple_tag(takes_context=True)
def parts(context: template.Context, slot: str) -> SafeString:
    """Include what apps put into a named slot: every `templates/parts/<slot>/*.html`, in order.

    So a page of one app shows a part of an app to its right without knowing it. Files are named
    with a number first (`20-goal.html`); each has the whole context.
    """
    engine = template.Engine.get_default()
    folders = tuple(str(folder) for folder in engine.dirs)
    names = (_list_parts if settings.DEBUG else _list_parts_once)(folders, slot)
    return mark_safe(  # noqa: S308 - rendered templates, which escape what they show
        "".join(engine.get_template(name).render(context) for name in names)
    )


@register.filter
def tint(name: str) -> int:
    """Which of the six tints an avatar without a picture has, always the same for one name."""
    return sum(name.encode()) % 6


def _modules() -> list[str]:
    folders = tuple(str(folder) for folder in settings.STATICFILES_DIRS)
    return _list_modules(folders) if settings.DEBUG else _list_modules_once(folders)


def _list_modules(folders: tuple[str, ...]) -> list[str]:
    return sorted(
        path.relative_to(Path(folder) / "js").with_suffix("").as_posix()
        for folder in folders
        for path in (Path(folder) / "js").rglob("*.js")
    )


def _list_parts(folders: tuple[str, ...], slot: str) -> list[str]:
    found = {path.name for folder in folders for path in Path(folder).glob(f"parts/{slot}/*.html")}
    return [f"parts/{slot}/{name}" for name in sorted(found)]


_list_modules_once = cache(_list_modules)
_list_parts_once = cache(_list_parts)
