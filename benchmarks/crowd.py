"""A crowd of viewers and senders: the C client of `benchmarks/load`, compiled on the spot."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "load" / "client.c"
SETTLE_SECONDS = 30


def compiled(folder: Path) -> Path:
    """The client's program; ends with a plain sentence where there is no C compiler."""
    compiler = next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), None)
    if compiler is None:
        sys.exit("This benchmark needs a C compiler (cc, gcc or clang) and Linux; none was found.")
    program = folder / "crowd"
    subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)  # noqa: S603
    return program


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a crowd does: `rate` gifts a second by the clock, or `in_flight` at once per sender."""

    viewers: int
    senders: int = 64
    rate: float = 0
    in_flight: int = 0
    seconds: float = 10
    # Gifts due before do not count for latency.
    warm_up: float = 1
    # So many viewers read nothing for so long.
    stopped: int = 0
    stopped_seconds: float = 0

    def lasting(self, seconds: float) -> "Load":
        return replace(self, seconds=seconds)


class Crowd:
    """A running client. `people` is a file with a line per socket, the senders last."""

    def __init__(
        self, program: Path, load: Load, *, port: int, people: Path, gift: str, naive: bool
    ) -> None:
        said = [
            *("127.0.0.1", port, f"http://127.0.0.1:{port}", "naive" if naive else "rooms"),
            *(people, load.senders, gift, load.rate, load.in_flight, load.seconds),
            *(load.warm_up, SETTLE_SECONDS, load.stopped, load.stopped_seconds),
        ]
        self.process = subprocess.Popen(  # noqa: S603
            [str(program), *map(str, said)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.joined = self.line()

    def line(self) -> str:
        assert self.process.stdout is not None
        if not (line := self.process.stdout.readline()):
            raise RuntimeError(f"The load generator ended with {self.process.wait()}.")
        return line.strip()

    def run(self) -> dict[str, Any]:
        """Put the load on, and wait until everybody has seen everything."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
