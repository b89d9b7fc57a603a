"""What a promise is: `benchmarks.promises` lists them, `benchmarks.prove` runs them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """`figure` is the name under which a test records its value; `at_most` or `at_least` judge it.

    `size` are environment variables of the full size; RUNS= replaces their values. `bench` names a
    benchmark instead of tests, which runs once for all promises of a group; `figure` is then one of
    its metrics, and `of` says what of it counts: the value, or its ratio to the baseline.
    """

    name: str
    text: str
    tests: tuple[str, ...] = ()
    bench: str = ""
    of: str = "value"
    figure: str = ""
    unit: str = ""
    at_least: int | None = None
    at_most: int | None = None
    size: dict[str, str] = field(default_factory=dict)
