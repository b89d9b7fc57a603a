"""What stands beside people."""

from django import template

from users.models import Block, User

register = template.Library()


@register.simple_tag(takes_context=True)
def blocks_person(context: template.Context, person: User) -> bool:
    """Whether who looks has blocked this person."""
    user = context.get("user")
    return isinstance(user, User) and Block.objects.filter(blocker=user, blocked=person).exists()
