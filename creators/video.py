"""Where pictures come from and go to, by the media server that the site has."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from django.conf import settings

# The playlist of a picture below LIVE_PLAYBACK_URL.
PLAYLISTS = {"nginx-rtmp": "{name}.m3u8", "mediamtx": "live/{name}/index.m3u8"}

NONE, WAITING = "none", "waiting"


def has_video() -> bool:
    """Whether this site has a media server."""
    return settings.LIVE_VIDEO in PLAYLISTS


def playlist_url(name: str) -> str:
    """The address that a player asks for."""
    playlist = PLAYLISTS[settings.LIVE_VIDEO].format(name=name)
    return f"{settings.LIVE_PLAYBACK_URL.rstrip('/')}/{playlist}"


def playback_origin() -> str | None:
    """Scheme and host of the playlists, where they are not the site's own."""
    parts = urlsplit(settings.LIVE_PLAYBACK_URL)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


def video_part(state: str | None, name: str | None, version: int | None) -> dict[str, Any]:
    """What viewers are told of the picture; from the columns of a broadcast, None where none is."""
    if not has_video():
        return {"version": 0, "state": NONE, "playlist": None}
    if state is None or name is None or version is None:
        return {"version": 0, "state": WAITING, "playlist": None}
    playlist = playlist_url(name) if state == "live" else None
    return {"version": version, "state": state, "playlist": playlist}


def player_policy() -> dict[str, list[str]]:
    """What a page needs to be allowed, beyond the site's policy, to play a picture."""
    if not has_video():
        return {}
    elsewhere = [origin] if (origin := playback_origin()) else []
    return {
        "media-src": [SELF, "blob:", *elsewhere],
        "connect-src": elsewhere,
        "worker-src": [SELF],
    }
