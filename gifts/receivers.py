"""What the ledger and the streams tell the gifts app."""

from django.db import transaction
from django.utils import timezone

from creators.events import when_stream_ends
from creators.models import Stream
from gifts.actions.taking_back import mark_taken_back
from gifts.events import stream_ended
from gifts.rooms import bus
from wallets.writer import when_taken_back


def tell_room_that_stream_ended(stream: Stream) -> None:
    event = stream_ended(created=stream.ended or timezone.now())
    transaction.on_commit(lambda: bus.tell_place(stream.pk, event), robust=True)


when_taken_back("gift", mark_taken_back)
when_stream_ends(tell_room_that_stream_ended)
