"""Setting up: clear sentences when it cannot be, progress while it is, and nothing done twice."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gifteconomy import install

CHECKOUT = Path(__file__).resolve().parents[2]


def test_without_a_fitting_python_make_says_which_one_is_needed(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    make = shutil.which("make")
    assert make
    done = subprocess.run(  # noqa: S603
        [make, "setup"], cwd=CHECKOUT, env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stderr.startswith("Python 3.11, 3.12, 3.13 or 3.14 is needed and none was found")


def test_without_the_venv_module_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "working", lambda command: False)
    monkeypatch.setattr(install, "find_uv", lambda: None)
    with pytest.raises(SystemExit, match="venv module: install it .*python3-venv"):
        install.create_venv()


def test_what_takes_long_shows_that_it_goes_on(monkeypatch, capsys):
    monkeypatch.setattr(install, "QUIET_SECONDS", 0.2)
    slow = [sys.executable, "-c", "import time; time.sleep(0.7); print('done')"]
    assert install.run_shown("waiting", slow)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "• waiting"
    assert lines[1].startswith("  … waiting (")
    assert lines[-1] == "  done"


def test_quiet_commands_are_heard_when_they_fail(capsys):
    assert install.run_shown("a", [sys.executable, "-c", "print('x')"], quiet=True)
    assert "x" not in capsys.readouterr().out
    failing = [sys.executable, "-c", "import sys; print('why'); sys.exit(1)"]
    assert not install.run_shown("b", failing, quiet=True)
    assert "why" in capsys.readouterr().out


def test_packages_are_installed_again_only_when_the_lock_changed(tmp_path):
    (tmp_path / "gifteconomy").mkdir()
    script = shutil.copy(CHECKOUT / "gifteconomy" / "install.py", tmp_path / "gifteconomy")
    lock = tmp_path / "requirements.lock"
    (tmp_path / "package.json").write_text('{"name": "none"}')
    browser_lock = tmp_path / "package-lock.json"
    nothing = {"name": "none", "lockfileVersion": 3, "packages": {"": {"name": "none"}}}
    browser_lock.write_text(json.dumps(nothing))

    def printed() -> str:
        done = subprocess.run([sys.executable, script], capture_output=True, text=True)  # noqa: S603
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    lock.write_text("# nothing\n")
    first = printed()
    assert "creating .venv" in first
    assert "installing the packages of requirements.lock" in first
    assert "installing the packages of package-lock.json" in first
    assert printed() == ""
    lock.write_text("# nothing else\n")
    again = printed()
    assert "creating .venv" not in again
    assert "installing the packages of requirements.lock" in again
    assert "package-lock.json" not in again
    browser_lock.write_text(json.dumps(nothing, indent=2))
    assert printed().splitlines()[0] == "• installing the packages of package-lock.json"
