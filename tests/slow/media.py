"""A media server and an encoder of a test's own: Debian's nginx with its RTMP module; ffmpeg."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.live import free_port

RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
START_SECONDS = 20
# As docs/going-live.md has it, with ports of the test's own and a shorter patience.
CONFIG = """
load_module {module};
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
rtmp {{
  server {{
    listen 127.0.0.1:{rtmp_port};
    notify_method post;
    application live {{
      live on;
      deny play all;
      drop_idle_publisher 10s;
      on_publish {hook};
      on_update {hook};
      on_publish_done {hook};
      notify_update_timeout 2s;
      hls on;
      hls_path {folder}/hls;
      hls_fragment 1s;
      hls_playlist_length 8s;
      hls_continuous on;
    }}
  }}
}}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; }}
  server {{
    listen 127.0.0.1:{http_port};
    location /hls/ {{
      root {folder};
      add_header Access-Control-Allow-Origin * always;
      add_header Cache-Control no-store always;
    }}
  }}
}}
"""


def require_media_programs() -> None:
    """Skip where nginx, its RTMP module or ffmpeg is missing; CI has them."""
    names = [name for name in ("nginx", "ffmpeg") if shutil.which(name) is None]
    missing = names + ([] if RTMP_MODULE.exists() else ["libnginx-mod-rtmp"])
    if not missing:
        return
    reason = f"needs Debian's nginx, libnginx-mod-rtmp and ffmpeg; missing: {', '.join(missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class MediaServer:
    """nginx with RTMP in and HLS out, which asks the site at `hook`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rtmp_port, self.http_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def ingest_url(self) -> str:
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live"

    @property
    def playback_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}/hls"

    def start(self, hook: str) -> None:
        config = self.folder / "nginx.conf"
        text = CONFIG.format(
            module=RTMP_MODULE,
            user="user root;" if os.geteuid() == 0 else "",
            folder=self.folder,
            rtmp_port=self.rtmp_port,
            http_port=self.http_port,
            hook=hook,
        )
        config.write_text(text)
        (self.folder / "hls").mkdir(exist_ok=True)
        self.process = subprocess.Popen(  # noqa: S603
            [shutil.which("nginx"), "-p", str(self.folder), "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not (self.folder / "nginx.pid").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"nginx did not start:\n{self.log()}")
            time.sleep(0.05)

    def log(self) -> str:
        path = self.folder / "error.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def kill(self) -> None:
        """As `kill -9` of nginx with its workers: nobody is told anything."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            (self.folder / "nginx.pid").unlink(missing_ok=True)


class Encoder:
    """Sends a test picture with sound, filmed upright as by a phone."""

    def __init__(self, url: str, key: str) -> None:
        picture = ["-f", "lavfi", "-i", "testsrc2=size=360x640:rate=20"]
        sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
        video = "-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 20".split()
        audio = "-c:a aac -b:a 64k".split()
        self.process = subprocess.Popen(  # noqa: S603
            [shutil.which("ffmpeg"), "-nostdin", "-loglevel", "error", "-re", *picture]
            + ["-re", *sound, *video, *audio, "-f", "flv", f"{url}/{key}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def is_sending(self) -> bool:
        return self.process.poll() is None

    def was_cut_off(self, seconds: float = 30) -> bool:
        """Whether the media server ended it."""
        try:
            return self.process.wait(seconds) != 0
        except subprocess.TimeoutExpired:
            return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
