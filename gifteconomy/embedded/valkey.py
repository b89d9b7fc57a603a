"""The embedded Valkey: with a password, on disk, and never dropping what it was given."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path

from gifteconomy.embedded.places import account, make_folder, passwords, write_private
from gifteconomy.embedded.postgres import free_port
from gifteconomy.embedded.processes import StartError, end, using
from gifteconomy.embedded.programs import valkey_program

START_SECONDS = 60


class ValkeyServer:
    name = "valkey"

    def __init__(self, folder: Path) -> None:
        self.data = folder / "valkey"
        self.log = folder / "valkey.log"
        self.password = passwords(folder)["valkey"]
        self.account = account()
        self.program = valkey_program()
        self.port = 0
        self.process: subprocess.Popen | None = None

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": self.url()}

    def start(self) -> None:
        """Start on the port it had before, else on a free one, and wait until it answers."""
        self.account.own(make_folder(self.data, 0o700))
        for orphan in using(self.data, "valkey-server"):
            # Two servers on one append-only file would destroy it.
            end(orphan, (signal.SIGTERM, 20))
        keep_port = self.port
        for _attempt in range(5):
            self.port = keep_port or free_port()
            self.process = self.spawn()
            if self.wait_until_ready():
                return
            self.process.wait()
            time.sleep(0.5)
        lines = self.log.read_text(errors="replace").splitlines()[-5:]
        raise StartError("Valkey does not start; its log ends with:\n  " + "\n  ".join(lines))

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()

    def spawn(self) -> subprocess.Popen:
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": f'"{self.data}"',
            "requirepass": self.password,
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "databases": 64,
            "tcp-backlog": 511,
            # The command line keeps naming this file, by which the next start knows an orphan.
            "set-proc-title": "no",
        }
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        conf = self.account.own(write_private(self.data / "valkey.conf", "".join(lines)))
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                [str(self.program), str(conf)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.popen(),
            )

    def wait_until_ready(self) -> bool:
        """True when it answers to our password; False when it ended, or has somebody else's."""
        assert self.process
        began = time.monotonic()
        while self.process.poll() is None:
            answer = self.ping()
            if answer == b"+OK\r\n+PONG\r\n":
                return True
            if answer.startswith(b"-WRONGPASS") or time.monotonic() - began > START_SECONDS:
                self.stop()
                return False
            time.sleep(0.05)
        return False

    def ping(self) -> bytes:
        """What the server says to our password and PING; nothing while it does not listen yet."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as client:
                client.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                answer = b""
                while part := client.recv(1024):
                    answer += part
                return answer.removesuffix(b"+OK\r\n")
        except OSError:
            return b""
