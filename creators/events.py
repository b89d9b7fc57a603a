"""What other apps do when a stream starts, ends, or its picture changes, or somebody is banned.

They register here, in their `AppConfig.ready`. Hooks run in the transaction that does it, after its
rows are written; what leaves the process goes through `transaction.on_commit`.
"""

from collections.abc import Callable

from creators.models import Broadcast, Stream

StreamHook = Callable[[Stream], None]
VideoHook = Callable[[Broadcast], None]
# The person's id and the creator's.
BanHook = Callable[[int, int], None]

_started: list[StreamHook] = []
_ended: list[StreamHook] = []
_video: list[VideoHook] = []
_banned: list[BanHook] = []


def when_stream_starts(hook: StreamHook) -> None:
    if hook not in _started:
        _started.append(hook)


def when_stream_ends(hook: StreamHook) -> None:
    if hook not in _ended:
        _ended.append(hook)


def when_video_changes(hook: VideoHook) -> None:
    """The picture of a stream came, went, or came back."""
    if hook not in _video:
        _video.append(hook)


def stream_started(stream: Stream) -> None:
    for hook in _started:
        hook(stream)


def stream_ended(stream: Stream) -> None:
    for hook in _ended:
        hook(stream)


def video_changed(broadcast: Broadcast) -> None:
    for hook in _video:
        hook(broadcast)


def when_person_is_banned(hook: BanHook) -> None:
    if hook not in _banned:
        _banned.append(hook)


def person_banned(person_id: int, creator_id: int) -> None:
    for hook in _banned:
        hook(person_id, creator_id)
