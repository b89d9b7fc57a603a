"""The bar that leads through the demo; outside of it the tag draws nothing."""

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gifteconomy.demo.bar import bar_context
from gifteconomy.demo.visits import visit_of

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_bar(context: template.Context, *, plain: bool = False) -> SafeString | str:
    """`{% demo_bar %}`: the steps of this browser's visit, as far as the rows say by now.

    `plain` is for pages that have neither our styles nor our script: those of admin.
    """
    request: Any = context.get("request")
    if not settings.DEMO or request is None:
        return ""
    shown = bar_context(visit=visit_of(request), user=request.user, at=request.path)
    return render_to_string("demo/bar.html", shown | {"plain": plain}, request=request)
