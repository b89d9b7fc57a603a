"""What the media server says of an encoder: it came, it is there, it went; and what follows.

A stream begins and ends on the site; the encoder gives it a picture. So ending a stream is final
even while an encoder keeps trying, as encoders do by themselves. While the picture is away the
stream goes on, paused, for LIVE_RETURN_SECONDS; then it ends.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from creators import events, locks
from creators.actions.streams import end_stream, require_may_stream
from creators.errors import AlreadyOnAir, GoLiveFirst, StreamEnded, WrongStreamKey
from creators.models import Broadcast, Stream, StreamKey
from creators.selectors.streams import lost_broadcasts, open_stream_of, silent_broadcasts
from creators.tokens import hashed

log = logging.getLogger(__name__)


def begin_broadcast(*, name: str, secret: str, connection: str) -> Broadcast:
    """An encoder wants to send a picture: let it, or refuse. Locks the creator.

    Refuses with WrongStreamKey, GoLiveFirst where no stream is open, AlreadyOnAir while another
    encoder is there, or what keeps a creator from going live.
    """
    key = StreamKey.objects.filter(name=name, revoked=None).first()
    if key is None or not constant_time_compare(key.hashed, hashed(secret)):
        raise WrongStreamKey()
    _end_if_lost(key.creator_id)
    with transaction.atomic():
        require_may_stream(locks.lock_creator(key.creator_id))
        # Once more, under the lock that makes and takes keys.
        if not StreamKey.objects.filter(pk=key.pk, revoked=None).exists():
            raise WrongStreamKey()
        stream = open_stream_of(key.creator_id)
        if stream is None:
            raise GoLiveFirst()
        now = timezone.now()
        before = Broadcast.objects.filter(stream=stream).first()
        if before and _is_held(before, connection, now):
            raise AlreadyOnAir()
        return _on_air(stream, before, name=name, connection=connection, now=now)


def _is_held(broadcast: Broadcast, connection: str, now: datetime) -> bool:
    """Whether another encoder sends, as far as we know."""
    return (
        broadcast.state == Broadcast.State.LIVE
        and broadcast.connection != connection
        and broadcast.seen > now - timedelta(seconds=settings.LIVE_SILENT_SECONDS)
    )


def _on_air(
    stream: Stream, before: Broadcast | None, *, name: str, connection: str, now: datetime
) -> Broadcast:
    broadcast = before or Broadcast(stream=stream, version=0)
    broadcast.name, broadcast.connection = name, connection
    broadcast.state, broadcast.since, broadcast.seen = Broadcast.State.LIVE, now, now
    broadcast.version += 1
    broadcast.save()
    events.video_changed(broadcast)
    return broadcast


def keep_broadcast(*, name: str, connection: str) -> None:
    """The media server says that this encoder still sends. Locks the creator.

    What was thought paused is live again: the media server knows better. Refused with
    WrongStreamKey once the key was revoked, and with GoLiveFirst when the stream has ended: the
    media server then cuts the encoder off.
    """
    key = StreamKey.objects.filter(name=name, revoked=None).first()
    if key is None:
        raise WrongStreamKey()
    _end_if_lost(key.creator_id)
    with transaction.atomic():
        locks.lock_creator(key.creator_id)
        stream = open_stream_of(key.creator_id)
        broadcast = Broadcast.objects.filter(stream=stream, name=name).first() if stream else None
        if broadcast is None or stream is None:
            raise GoLiveFirst()
        now = timezone.now()
        if broadcast.state == Broadcast.State.PAUSED:
            _on_air(stream, broadcast, name=name, connection=connection, now=now)
        else:
            broadcast.connection, broadcast.seen = connection, now
            broadcast.save(update_fields=["connection", "seen"])


def pause_broadcast(*, name: str, connection: str) -> None:
    """The encoder went: viewers see a pause at once. Locks the creator.

    News of another connection than the one that sends is old, and nothing happens.
    """
    key = StreamKey.objects.filter(name=name).first()
    if key is not None:
        with transaction.atomic():
            locks.lock_creator(key.creator_id)
            found = Broadcast.objects.filter(
                name=name, connection=connection, stream__state=Stream.State.LIVE
            ).first()
            if found:
                _pause(found, since=timezone.now())


def _pause(broadcast: Broadcast, *, since: datetime) -> None:
    if broadcast.state == Broadcast.State.LIVE:
        broadcast.state, broadcast.since = Broadcast.State.PAUSED, since
        broadcast.version += 1
        broadcast.save(update_fields=["state", "since", "version"])
        events.video_changed(broadcast)


def watch_broadcasts() -> None:
    """What nobody told us: pause where the media server has fallen silent, end what stays away.

    Only rows say what is due, so it may be asked at any time, by any process, twice.
    """
    for stream_id, creator_id in silent_broadcasts():
        with transaction.atomic():
            locks.lock_creator(creator_id)
            for found in Broadcast.objects.filter(pk=stream_id, seen__lt=_silent_since()):
                _pause(found, since=found.seen)
    for creator_id in lost_broadcasts():
        _end_if_lost(creator_id)


def _silent_since() -> datetime:
    return timezone.now() - timedelta(seconds=settings.LIVE_SILENT_SECONDS)


def _end_if_lost(creator_id: int) -> None:
    """End the creator's stream when its picture stayed away for too long."""
    with transaction.atomic():
        locks.lock_creator(creator_id)
        if creator_id not in lost_broadcasts(creator_id=creator_id):
            return
        stream = open_stream_of(creator_id)
        try:
            if stream:
                end_stream(place_id=stream.pk, why=Stream.EndedWhy.LOST)
        except StreamEnded:
            log.info("stream %d ended by itself meanwhile", creator_id)
