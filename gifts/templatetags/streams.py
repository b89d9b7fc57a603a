"""What pages show of a stream that gifts know about."""

from django import template
from django.utils import timezone

from creators.models import Stream
from gifts.stream_chart import stream_chart
from gifts.summaries import Given, StreamFacts, facts_of, given_by
from users.charts import Chart
from users.models import User

register = template.Library()


@register.simple_tag
def given_here(person: User, stream: Stream) -> Given:
    """What this person gave in the room."""
    return given_by(person.pk, stream.pk)


@register.simple_tag
def stream_facts(stream: Stream) -> StreamFacts:
    """A stream beside its money, as of now."""
    return facts_of(stream, now=timezone.now())


@register.simple_tag
def minutes_chart(facts: StreamFacts) -> Chart:
    """When most was given."""
    return stream_chart(facts)
