"""The demo world in a test's database, made by the command that people run."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class World:
    """A database with the demo in it, to be copied, and the folder of its pictures."""

    database: str
    media: Path


def demo_environment(media: Path, **more: str) -> dict[str, str]:
    """A process of the demo on the test's database, with pictures and mails of its own."""
    return os.environ | {"DEMO": "1", "MEDIA_ROOT": str(media), "EMAIL_URL": "memorymail://"} | more


def command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "manage.py", name, *arguments]


def load_demo(media: Path) -> str:
    """Make the world; what the command printed."""
    done = subprocess.run(  # noqa: S603
        command("load_demo"),
        cwd=CHECKOUT,
        env=demo_environment(media),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
