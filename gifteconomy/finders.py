"""Static files of npm packages: those that settings name, from node_modules, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage


class NpmFinder(BaseFinder):
    """`NPM_FILES` gives the path of each file in node_modules by the path it is served under."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.folder = Path(settings.BASE_DIR) / "node_modules"

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [
            path for path in settings.NPM_FILES.values() if not (self.folder / path).is_file()
        ]
        hint = "`make setup` installs what package-lock.json pins."
        return [Error(f"node_modules/{path} is missing.", hint=hint) for path in missing]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = self.folder / settings.NPM_FILES[path] if path in settings.NPM_FILES else None
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, "NamedFiles"]]:
        storage = NamedFiles(self.folder)
        return ((path, storage) for path in settings.NPM_FILES)


class NamedFiles(FileSystemStorage):
    """node_modules under the names that the files are served by."""

    def __init__(self, folder: Path) -> None:
        super().__init__(location=str(folder))

    def path(self, name: str) -> str:
        return super().path(settings.NPM_FILES.get(name, name))
