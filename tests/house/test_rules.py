"""The project keeps its house rules, and each rule knows good from bad."""

from pathlib import PurePosixPath

import pytest

from tests.house import rules

EVERYTHING = (*rules.PRODUCT, "tests", "benchmarks")
JUDGED = [
    (rules.file_size, EVERYTHING),
    (rules.function_size, EVERYTHING),
    (rules.lock_sites, rules.PRODUCT),
    (rules.no_float, rules.MONEY),
    (rules.vague_name, EVERYTHING),
    (rules.reads_environment, rules.APPS),
]
EXAMPLES = [
    (rules.file_size, "wallets/actions.py", "x = 1\n" * 400, "x = 1\n" * 401),
    (rules.file_size, "tests/test_x.py", "x = 1\n" * 600, "x = 1\n" * 601),
    (
        rules.function_size,
        "wallets/actions.py",
        "def f():\n" + "    x = 1\n" * 69,
        "async def f():\n" + "    x = 1\n" * 70,
    ),
    (
        rules.lock_sites,
        "wallets/actions.py",
        'def f():\n    """Takes rows FOR UPDATE through locks."""\n',
        "Account.objects.select_for_update()\n",
    ),
    (rules.lock_sites, "a/b.py", 'q = "SELECT 1"\n', 'q = f"SELECT {x} for no key update"\n'),
    (rules.no_float, "wallets/money.py", "a = b // 2\n", "a = b / 2\n"),
    (rules.no_float, "wallets/money.py", "time.sleep(0.05 * n)\n", "a = 0.5\n"),
    (rules.no_float, "wallets/money.py", "a = int(b)\n", "a = float(b)\n"),
    (rules.no_float, "wallets/models.py", "m.BigIntegerField()\n", "m.FloatField()\n"),
    (rules.no_float, "wallets/money.py", "a //= 2\n", "a /= 2\n"),
    (rules.reads_environment, "users/a.py", "settings.A\n", "os.environ['A']\n"),
]


@pytest.mark.parametrize(
    ("rule", "folders"), JUDGED, ids=lambda value: getattr(value, "__name__", "")
)
def test_the_project_keeps_the_rule(rule, folders):
    files = rules.python_files(*folders)
    assert files
    breaches = [
        breach for path in files for breach in rule(path, (rules.CHECKOUT / path).read_text())
    ]
    assert not breaches, "\n" + "\n".join(breaches)


@pytest.mark.parametrize(("rule", "path", "good", "bad"), EXAMPLES)
def test_the_rule_knows_good_from_bad(rule, path, good, bad):
    where = PurePosixPath(path)
    assert list(rule(where, good)) == []
    assert len(list(rule(where, bad))) == 1


def test_rows_may_be_locked_in_locks():
    bad = "Account.objects.select_for_update()\n"
    assert list(rules.lock_sites(PurePosixPath("wallets/locks.py"), bad)) == []


def test_charts_may_divide():
    assert list(rules.no_float(PurePosixPath("creators/charts.py"), "x = 1 / 3\n")) == []


@pytest.mark.parametrize("name", ["wallets/utils.py", "gifts/helpers/a.py", "static/js/common.js"])
def test_vague_names_are_known(name):
    assert list(rules.vague_name(PurePosixPath(name), ""))
    assert not list(rules.vague_name(PurePosixPath("wallets/movements.py"), ""))


def test_scripts_have_names_that_say_something():
    scripts = (rules.CHECKOUT / "static").rglob("*.js")
    paths = [PurePosixPath(path.relative_to(rules.CHECKOUT)) for path in scripts]
    assert not [breach for path in paths for breach in rules.vague_name(path, "")]


def test_locks_hold_no_address():
    for name in ("requirements.lock", "node.lock", "package-lock.json"):
        path = rules.CHECKOUT / name
        assert list(rules.no_address(PurePosixPath(name), path.read_text())) == []
    assert list(rules.no_address(PurePosixPath("x"), "uv==1 --hash=sha256:0\n")) == []
    assert list(rules.no_address(PurePosixPath("x"), "uv @ https://example.org/uv.whl\n"))
    assert list(rules.no_address(PurePosixPath("x"), "--index-url x\n"))
