"""`python -m gifteconomy.run` serves until Ctrl-C; `… reset` makes the demo database anew."""

import argparse
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import environ
import psutil

from gifteconomy.embedded.places import CHECKOUT, passwords, prepared_home
from gifteconomy.embedded.postgres import PostgresServer
from gifteconomy.embedded.processes import StartError
from gifteconomy.embedded.servers import (
    Kept,
    Server,
    announced,
    check_reachable,
    environment_of,
    keeping,
    kept_servers,
    started_servers,
)
from gifteconomy.install import run_shown
from gifteconomy.run import site
from gifteconomy.run.children import RUN_VARIABLE, Child, Record, python, say

STOP_SECONDS = 25.0


class Runner:
    def __init__(self) -> None:
        self.stopping = False
        self.command_started = command_started()
        # make hands SIGTERM on and a terminal sends Ctrl-C to both; a killed make hands on nothing.
        self.parent = os.getppid() if "MAKELEVEL" in os.environ else None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)

    def stop(self, *_: object) -> None:
        if not self.stopping:
            self.stopping = True
            say("\n• stopping")

    def wanted(self) -> bool:
        if self.parent is not None and os.getppid() != self.parent:
            self.stop()
        return not self.stopping

    def run(self) -> None:
        port = site.chosen_port()
        folder = prepared_home()
        with ExitStack() as stack:
            try:
                stack.enter_context(keeping(folder))
            except Kept as other:
                pid = other.keeper.pid if other.keeper else "unknown"
                raise StartError(
                    f"This checkout is running already (pid {pid}): stop that first."
                ) from None
            record = Record(folder)
            record.end_leftovers()
            site.check_port(port)
            say("• starting PostgreSQL and Valkey")
            servers = stack.enter_context(started_servers(folder, durable=True))
            # Only a database that make started is filled with demo people.
            demo = any(isinstance(server, PostgresServer) for server in servers)
            found = stack.enter_context(announced(folder, environment_of(servers)))
            secret = passwords(folder)["secret_key"]
            environment = site.site_environment(port, secret, demo=demo) | found
            environment[RUN_VARIABLE] = record.run
            check_reachable(environment)
            if self.wanted():
                site.prepare(environment, demo=environment["DEMO"] == "1")
            if self.wanted():
                children = site.children(environment, port, folder)
                self.serve(children, servers, record, environment, port)

    def serve(
        self,
        children: list[Child],
        servers: list[Server],
        record: Record,
        environment: dict[str, str],
        port: int,
    ) -> None:
        say("• starting the site, a worker and beat")
        try:
            # The first child is the site; the others wait until it does not need the processor.
            watched = children[:1]
            while self.wanted():
                for server in servers:
                    watch_server(server)
                for child in watched:
                    if child.watch():
                        record.write(watched)
                if watched is not children and site.answers(port):
                    watched = children
                    self.greet(environment, port)
                time.sleep(0.1)
        finally:
            end_children(children)
            record.clear()

    def greet(self, environment: dict[str, str], port: int) -> None:
        seconds = time.time() - self.command_started
        say(f"• first page after {seconds:.1f} s")
        if environment["DEMO"] == "1" and site.has_command("demo_links"):
            run_shown("who to be", python("manage.py", "demo_links"), env=site.as_site(environment))
        say(f"\n  The site runs at http://{site.HOST}:{port} — Ctrl-C stops it.\n")


def end_children(children: list[Child]) -> None:
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.end(max(0.1, deadline - time.monotonic()))


def watch_server(server: Server) -> None:
    """A server that died starts again, on the port that everybody knows."""
    if server.process and server.process.poll() is not None:
        say(f"• {server.name} ended; it starts again")
        server.start()


def command_started() -> float:
    """When the person pressed Enter: make's start when make started us."""
    pid = os.getppid() if "MAKELEVEL" in os.environ else os.getpid()
    return psutil.Process(pid).create_time()


def reset() -> None:
    """Drop the demo database and load a new one, on the servers that make keeps."""
    if os.environ.get("DATABASE_URL"):
        raise StartError("DATABASE_URL is set: only a database that make started is ever dropped.")
    if os.environ.get("YES") != "1":
        answer = input("Drop the demo database with everything in it? Write yes: ")
        if answer.strip().lower() != "yes":
            raise StartError("Nothing was dropped.")
    with kept_servers() as found:
        folder = prepared_home()
        server = PostgresServer(folder)
        server.attach(found["DATABASE_OWNER_URL"])
        server.recreate_database()
        secret = passwords(folder)["secret_key"]
        site.prepare(site.site_environment(8000, secret, demo=True) | found, demo=True)
    say("• the demo is new")


def main() -> int:
    parser = argparse.ArgumentParser(prog="gifteconomy.run", description=__doc__)
    parser.add_argument("verb", nargs="?", choices=["serve", "reset"], default="serve")
    chosen = parser.parse_args()
    environ.Env.read_env(Path(CHECKOUT) / ".env")
    try:
        if chosen.verb == "reset":
            reset()
        else:
            Runner().run()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
