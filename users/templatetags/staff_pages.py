"""Parts of the staff's first page."""

from typing import Any

from django import template

from users.waiting import Queue, queues_of

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_today(context: template.Context) -> list[Queue]:
    user: Any = context["request"].user
    return queues_of(user)
