"""What pages of other apps show about creators."""

from django import template

from creators.models import Stream
from creators.selectors.moderation import follows
from creators.selectors.people import creator_of
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


@register.simple_tag(takes_context=True)
def follows_creator(context: template.Context, creator: User) -> bool:
    """Whether who looks follows this person."""
    user = context.get("user")
    return isinstance(user, User) and follows(user.pk, creator.pk)


@register.simple_tag
def is_creator(user: User) -> bool:
    return creator_of(user.pk) is not None


@register.simple_tag
def next_step(refusal: Refusal) -> Button | None:
    """What a refusal offers to do next."""
    return button_of(refusal)


@register.simple_tag
def site_has_video() -> bool:
    """Whether encoders can send pictures to this site."""
    return has_video()
