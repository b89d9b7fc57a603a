"""Which drawn scene stands on the stage of a stream, as long as it has no picture of its own."""

from uuid import UUID

from django import template
from django.templatetags.static import static

register = template.Library()

SCENES = ("harbour", "dunes", "rooftops", "footlights", "grove")


@register.filter
def scene(public_id: UUID) -> str:
    """The name of a stream's scene, always the same one for a stream."""
    return SCENES[public_id.int % len(SCENES)]


@register.filter
def scene_still(public_id: UUID) -> str:
    """The address of the scene's drawing."""
    return static(f"img/scenes/{scene(public_id)}.svg")
