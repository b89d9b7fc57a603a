""".env.example lists every variable that is read, and none that is not."""

from tests.house import rules

# Set by the project for its own processes; a person never sets them.
INTERNAL = {
    "DJANGO_SETTINGS_MODULE",
    "GIFTECONOMY_RUN",
    "GIFTECONOMY_TEST_RUN",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "PYTEST_XDIST_WORKER",
    # Set by make and by whoever runs the checks.
    "MAKELEVEL",
    "VIRTUAL_ENV",
    "CI",
    # Read with defaults of their own by `env.text`, for every variable.
    "PATH",
}


def read_by_the_project() -> set[str]:
    files = rules.python_files("gifteconomy") + [
        path for path in rules.python_files("tests") if len(path.parts) == 2
    ]
    found = [rules.variables_read((rules.CHECKOUT / path).read_text()) for path in files]
    return set().union(*found) - INTERNAL


def documented() -> dict[str, str]:
    return rules.variables_documented((rules.CHECKOUT / ".env.example").read_text())


def test_every_variable_is_documented_with_its_meaning():
    known = documented()
    assert read_by_the_project() - known.keys() == set()
    assert [name for name, meaning in known.items() if not meaning] == []


def test_every_documented_variable_is_read():
    assert documented().keys() - read_by_the_project() == set()


def test_the_reader_knows_every_way_to_read():
    source = """
A = env.text("A", "")
B = env.flag("B", default=False)
C = os.environ.get("C")
D = os.environ["D"]
E = "E" in os.environ
NOT = other.text("F")
"""
    assert rules.variables_read(source) == set("ABCDE")


def test_the_documentation_is_read_line_by_line():
    text = "# A=1   what A means\nB=   what B means\n# words\n# C=2\n"
    assert rules.variables_documented(text) == {"A": "what A means", "B": "what B means", "C": ""}
