"""`python -m gifteconomy.embedded run [--temporary] -- COMMAND…`, `where`, `clean`."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import environ

from gifteconomy.embedded.places import CHECKOUT, home, remove_servers_folder
from gifteconomy.embedded.processes import StartError
from gifteconomy.embedded.servers import check_reachable, kept_servers, running, temporary_servers

# What we made below the home; a folder that a person named may hold other things.
OURS = ("postgres", "postgres.new", "valkey", "temporary", "programs", "media", "static")
OUR_FILES = ("*.log", "*.log.1", "*.json", "postgres.pw", "keeper.lock", "beat*")


def run(command: list[str], *, temporary: bool) -> int:
    """Run a command with both servers in its environment; its exit code is ours."""
    # Ctrl-C reaches the command too: it ends by itself, and then the servers stop. SIGTERM comes
    # to us alone and is handed on.
    child: subprocess.Popen | None = None
    waiting: list[int] = []

    def hand_on(number: int, _frame: object) -> None:
        if child is None:
            raise SystemExit(128 + number)
        waiting.append(number)
        child.send_signal(number)

    signal.signal(signal.SIGTERM, hand_on)
    with temporary_servers() if temporary else kept_servers() as found:
        environment = os.environ | development() | found
        check_reachable(environment)
        child = subprocess.Popen(command, env=environment)  # noqa: S603
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = child.wait()
    return 128 - code if code < 0 else code


def development() -> dict[str, str]:
    """What a command beside `make run` needs to be like it."""
    return {} if "DEVELOPMENT" in os.environ else {"DEVELOPMENT": "1"}


def clean() -> int:
    folder = home()
    if found := running(folder):
        print(f"The servers in {folder} are in use: stop make run (pid {found[0].pid}) first.")
        return 1
    if not folder.exists():
        print(f"There is nothing to remove: {folder} does not exist.")
        return 0
    if os.environ.get("YES") != "1":
        answer = input(f"Remove the servers and all data in {folder}? Write yes: ")
        if answer.strip().lower() != "yes":
            print("Nothing was removed.")
            return 1
    for name in OURS:
        remove_servers_folder(folder / name)
        shutil.rmtree(CHECKOUT / ".local" / name, ignore_errors=True)
    for pattern in OUR_FILES:
        for path in folder.glob(pattern):
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
    print(f"Removed what was in {folder}.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="gifteconomy.embedded", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    runs = verbs.add_parser("run", help="run a command with both servers")
    runs.add_argument("--temporary", action="store_true", help="with data that goes afterwards")
    runs.add_argument("command", nargs=argparse.REMAINDER)
    verbs.add_parser("where", help="print the folder of the data")
    verbs.add_parser("clean", help="remove the data")
    chosen = parser.parse_args()
    try:
        if chosen.verb == "where":
            print(home())
            return 0
        if chosen.verb == "clean":
            return clean()
        command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
        if not command:
            parser.error("which command? … run -- COMMAND")
        if not chosen.temporary:
            environ.Env.read_env(Path(CHECKOUT) / ".env")
        return run(command, temporary=chosen.temporary)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
