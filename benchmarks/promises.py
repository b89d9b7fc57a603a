"""The promises, each with the tests that show it at full size and the figure it must reach."""

from benchmarks.promise import Promise
from benchmarks.promises_of_room_life import ROOM_LIFE
from benchmarks.promises_of_rooms import ROOMS

LEDGER = (
    Promise(
        name="histories",
        text="Random histories of recharges, gifts, undo, refunds, campaigns, disputes, clearing "
        "and withdrawals agree with a list of single coins after every step.",
        tests=("tests/wallets/test_ledger_machine.py",),
        figure="histories",
        unit="histories of 50 steps",
        at_least=500,
        size={"LEDGER_EXAMPLES": "500"},
    ),
    Promise(
        name="overspend",
        text="32 threads cannot overspend a wallet; with the lock taken out they can.",
        tests=("tests/wallets/test_ledger_races.py",),
    ),
    Promise(
        name="kills",
        text="Web, worker and database killed at any moment: nothing that the clients wrote down "
        "is lost or doubled.",
        tests=("tests/slow/test_kills.py",),
        figure="kills",
        unit="kills",
        at_least=100,
        size={"KILLS": "100"},
    ),
    Promise(
        name="damage",
        text="Every pass of ledger_check catches the damage that it is there for.",
        tests=("tests/wallets/test_ledger_check.py",),
    ),
    Promise(
        name="bean-check",
        text="bean-check accepts the export of the demo world, and refuses it with one transfer "
        "damaged.",
        tests=("tests/wallets/test_export.py", "tests/slow/test_demo_export.py"),
    ),
)
LOOP = (
    Promise(
        name="two-commands",
        text="From a fresh clone, as root and as a normal user: make test passes and make run "
        "serves, a second time too, and after everything was killed.",
        tests=("tests/slow/test_two_commands.py",),
        figure="first_page_seconds",
        unit="s to the first page, the first time",
        at_most=300,
    ),
    Promise(
        name="second-start",
        text="The second start of make run serves within 20 seconds.",
        tests=("tests/slow/test_two_commands.py",),
        figure="second_page_seconds",
        unit="s to the first page, the second time",
        at_most=20,
    ),
    Promise(
        name="whole-loop",
        text="A viewer and a creator in two windows go from sign-up with 0 coins to a withdrawal "
        "that the Celery worker paid; ledger_check is clean.",
        tests=("tests/loop/test_whole_loop.py",),
    ),
    Promise(
        name="five-minutes",
        text="The demo shows three rooms and a gift within 10 s; its five ticks take at most 30 "
        "taps, on a phone and on a desktop.",
        tests=("tests/slow/test_five_minutes.py",),
        figure="taps",
        unit="taps",
        at_most=30,
    ),
    Promise(
        name="recount",
        text="Every number on dashboard and wallet of each demo person equals a recount from the "
        "ledger, and every amount of coins has its money value beside it.",
        tests=("tests/slow/test_demo_numbers.py",),
    ),
    Promise(
        name="staff",
        text="No staff action without a reason, an audit row for each; ledger pages cannot be "
        "changed; each group reaches its own pages only.",
        tests=("tests/loop/test_staff.py",),
    ),
    Promise(
        name="access",
        text="axe finds nothing on any page, in both themes, on a phone and on a desktop.",
        tests=("tests/slow/test_every_page.py",),
        figure="pages",
        unit="pages",
        at_least=1,
    ),
)
GROUPS = {"loop": LOOP, "ledger": LEDGER, "rooms": ROOMS, "room-life": ROOM_LIFE}
