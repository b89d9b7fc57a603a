"""What other apps do when a stream starts or ends: they register here, in their `AppConfig.ready`.

Hooks run in the transaction that starts or ends the stream, after its rows are written; what
leaves the process goes through `transaction.on_commit`.
"""

from collections.abc import Callable

from creators.models import Stream

StreamHook = Callable[[Stream], None]

_started: list[StreamHook] = []
_ended: list[StreamHook] = []


def when_stream_starts(hook: StreamHook) -> None:
    if hook not in _started:
        _started.append(hook)


def when_stream_ends(hook: StreamHook) -> None:
    if hook not in _ended:
        _ended.append(hook)


def stream_started(stream: Stream) -> None:
    for hook in _started:
        hook(stream)


def stream_ended(stream: Stream) -> None:
    for hook in _ended:
        hook(stream)
