"""docs/promises.md lists the promises that `make prove` shows: all of them, and no others."""

import re

from benchmarks.promise import Promise
from benchmarks.promises import GROUPS
from benchmarks.prove import NAMED, main, target
from tests.house.rules import CHECKOUT

GROUP = re.compile(r"^## .*`make prove P=([a-z-]+)`$", re.MULTILINE)
ROW = re.compile(r"^\| ([a-z-]+) \| (.+) \| (.+) \| `(make .+)` \|$", re.MULTILINE)


def documented() -> dict[str, dict[str, tuple[str, str]]]:
    """By group and promise: what it must reach, and the command that shows it."""
    text = (CHECKOUT / "docs" / "promises.md").read_text()
    parts = GROUP.split(text)[1:]
    return {
        group: {name: (reach, command) for name, _, reach, command in ROW.findall(rows)}
        for group, rows in zip(parts[::2], parts[1::2], strict=True)
    }


def told(promise: Promise) -> tuple[str, str]:
    return f"{target(promise)} {promise.unit}".strip(), f"make prove P={promise.name}"


def test_every_promise_stands_on_the_page_with_its_target_and_command():
    promised = {
        group: {promise.name: told(promise) for promise in promises}
        for group, promises in GROUPS.items()
    }
    assert documented() == promised


def test_a_command_names_a_group_or_a_promise(capsys):
    names = [promise.name for group in GROUPS.values() for promise in group]
    assert len(NAMED) == len(GROUPS) + len(names), "a name means two things"
    assert main(["no-such-promise"]) == 2
    assert "No promise no-such-promise" in capsys.readouterr().out
