"""What pages of other apps show about creators."""

from django import template

from creators.models import Stream
from creators.selectors.streams import live_streams
from creators.video import has_video
from users.errors import Refusal
from users.models import User
from users.refusals import Button, button_of

register = template.Library()


@register.simple_tag
def live_stream_of(user: User) -> Stream | None:
    """The stream in which this person is live now."""
    return live_streams().filter(place__creator=user.pk).first()


@register.simple_tag
def next_step(refusal: Refusal) -> Button | None:
    """What a refusal offers to do next."""
    return button_of(refusal)


@register.simple_tag
def site_has_video() -> bool:
    """Whether encoders can send pictures to this site."""
    return has_video()
