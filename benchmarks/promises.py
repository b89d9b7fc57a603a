"""The promises, each with the tests that show it at full size and the figure it must reach."""

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


SOCKET = "tests/gifts/test_socket.py"
# Waits for a minute on each server.
IDLE = "tests/gifts/test_servers.py::test_socket_that_is_idle_for_a_minute_lives"

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
ROOMS = (
    Promise(
        name="commits",
        text="Durable gifts a second into one room, 64 senders with 8 in flight each, beside "
        "pgbench's TPC-B on the same server.",
        bench="gift_commit",
        figure="one room, 8 in flight: of TPC-B",
        unit="% of TPC-B",
        at_least=200,
    ),
    Promise(
        name="commits-alone",
        text="The same with one gift in flight each.",
        bench="gift_commit",
        figure="one room, 1 in flight: of TPC-B",
        unit="% of TPC-B",
        at_least=120,
    ),
    Promise(
        name="commits-ceiling",
        text="Beside a bare insert of as many rows without keys or rules.",
        bench="gift_commit",
        figure="one room, 8 in flight: of the bare insert",
        unit="% of the bare insert",
        at_least=50,
    ),
    Promise(
        name="commits-many-rooms",
        text="Gifts into many rooms beside gifts into one.",
        bench="gift_commit",
        figure="many rooms, 8 in flight: of one room",
        unit="% of one room",
        at_least=90,
    ),
    Promise(
        name="commits-two-processes",
        text="Two processes into one room beside one process.",
        bench="gift_commit",
        figure="one room, 8 in flight, two processes: of one room",
        unit="% of one process",
        at_least=80,
    ),
    Promise(
        name="limits",
        text="Own limits and a creator's cap hold gift by gift, order by order and when two gifts "
        "come at once from two processes; read outside the lock they do not.",
        tests=(
            "tests/gifts/test_limits.py",
            "tests/users/test_own_limits.py",
            "tests/wallets/test_recharge_limits.py",
        ),
    ),
    Promise(
        name="final",
        text="A gift that was counted as final cannot be undone; without the place's lock it can.",
        tests=("tests/gifts/test_counting.py",),
    ),
    Promise(
        name="mutual-gifts",
        text="Two creators gift each other through two processes for a minute: no deadlock reaches "
        "anybody; without the order of locks and without a second try one does.",
        tests=("tests/slow/test_mutual_gifts.py", "tests/gifts/test_races.py"),
        size={"MUTUAL_SECONDS": "60"},
    ),
    Promise(
        name="plans",
        text="No statement of the writer scans a table, on a freshly migrated database.",
        tests=("tests/gifts/test_plans.py",),
    ),
    Promise(
        name="socket-gifts",
        text="64 senders by socket, one gift in flight each: acknowledged gifts a second, beside "
        "the tutorial's app with the same senders.",
        bench="room_gifts",
        of="ratio",
        figure="daphne, 64 senders: acknowledged",
        unit="times the tutorial's app",
        at_least=15,
    ),
    Promise(
        name="lone-sender",
        text="One sender alone: half of its receipts, beside the tutorial's app.",
        bench="room_gifts",
        figure="daphne, 1 sender: receipt p50, of naive",
        unit="% of the tutorial's app",
        at_most=50,
    ),
    Promise(
        name="hot-room",
        text="1,000 viewers, 500 gifts a second: how soon 99 of 100 gifts are visible to viewers.",
        bench="room_fanout",
        figure="daphne, 1000 × 500: visible p99",
        unit="ms",
        at_most=300,
    ),
    Promise(
        name="hot-room-receipts",
        text="Meanwhile half of the senders have their receipts.",
        bench="room_fanout",
        figure="daphne, 1000 × 500: receipt p50",
        unit="ms",
        at_most=50,
    ),
    Promise(
        name="hot-room-final",
        text="And gifts become final: the cursor `counted` moves over what nobody can undo.",
        bench="room_fanout",
        figure="daphne, 1000 × 500: final",
        unit="% of gifts at the end",
        at_least=25,
    ),
    Promise(
        name="hot-room-uvicorn",
        text="The same room on uvicorn.",
        bench="room_fanout",
        figure="uvicorn, 1000 × 500: visible p99",
        unit="ms",
        at_most=300,
    ),
    Promise(
        name="hot-room-plain",
        text="The same without the direct adapter.",
        bench="room_fanout",
        figure="daphne, adapter off, 1000 × 500: visible p99",
        unit="ms",
        at_most=800,
    ),
    Promise(
        name="larger-room",
        text="3,000 viewers, 500 gifts a second.",
        bench="room_fanout",
        figure="daphne, 3000 × 500: visible p99",
        unit="ms",
        at_most=400,
    ),
    Promise(
        name="no-collapse",
        text="5,000 viewers, 1,000 gifts a second: all of them end with the exact totals.",
        bench="room_fanout",
        figure="daphne, 5000 × 1000: exact",
        unit="viewers",
        at_least=5_000,
    ),
    Promise(
        name="no-collapse-uvicorn",
        text="And on uvicorn.",
        bench="room_fanout",
        figure="uvicorn, 5000 × 1000: exact",
        unit="viewers",
        at_least=5_000,
    ),
    Promise(
        name="exact-totals",
        text="In every room of this table each viewer ends with the totals of the database.",
        bench="room_fanout",
        figure="every room: exact",
        unit="% of viewers",
        at_least=100,
    ),
    Promise(
        name="nothing-lost",
        text="300 viewers, 20 gifts a second: every gift is shown to every viewer.",
        bench="room_fanout",
        figure="daphne, 300 × 20: shown",
        unit="% of gifts",
        at_least=100,
    ),
    Promise(
        name="nothing-late",
        text="And 99 of 100 within a quarter of a second.",
        bench="room_fanout",
        figure="daphne, 300 × 20: visible p99",
        unit="ms",
        at_most=250,
    ),
    Promise(
        name="deliveries",
        text="Gifts made visible to viewers a second at 1,000 × 500, beside the tutorial's app.",
        bench="room_fanout",
        of="ratio",
        figure="daphne, 1000 × 500: deliveries",
        unit="times the tutorial's app",
        at_least=250,
    ),
    Promise(
        name="memory",
        text="What a viewer costs in memory, on Daphne.",
        bench="room_fanout",
        figure="daphne, 1000 × 500: memory",
        unit="KiB",
        at_most=40,
    ),
    Promise(
        name="memory-uvicorn",
        text="And on uvicorn.",
        bench="room_fanout",
        figure="uvicorn, 1000 × 500: memory",
        unit="KiB",
        at_most=40,
    ),
    Promise(
        name="slow-viewers",
        text="10 of 1,000 viewers read nothing for 60 s: how much later the others see gifts.",
        bench="room_fanout",
        figure="1 of 100 stopped: others' p99, more",
        unit="ms",
        at_most=30,
    ),
    Promise(
        name="stuck-memory",
        text="What a viewer who reads nothing costs in memory until it is let go.",
        bench="room_fanout",
        figure="stuck viewer: memory",
        unit="KiB",
        at_most=128,
    ),
    Promise(
        name="both-servers",
        text="The socket's main cases on Daphne, with and without the adapter, and on uvicorn.",
        tests=("tests/gifts/test_servers.py", "tests/gifts/test_direct.py", f"--deselect={IDLE}"),
    ),
    Promise(
        name="idle",
        text="A burst of 300 gifts into an idle room arrives whole; a socket that is idle for 60 s "
        "lives, on either server.",
        tests=(IDLE, f"{SOCKET}::test_burst_into_an_idle_room_arrives_whole_and_in_order"),
    ),
    Promise(
        name="snapshots",
        text="A snapshot and the events after it are a fresh snapshot, after every action.",
        tests=("tests/gifts/test_snapshots.py",),
    ),
    Promise(
        name="streaks",
        text="A streak is one run with one end, under reconnects, two tabs, two processes and at "
        "its idle end.",
        tests=("tests/gifts/test_streaks.py",),
    ),
    Promise(
        name="stuck-viewers",
        text="A peer that sends and never reads is closed, and costs a bounded amount of memory.",
        tests=("tests/gifts/test_slow_viewers.py",),
    ),
    Promise(
        name="drain",
        text="SIGTERM under load: every close is 1012, none is 1006, and everybody is back soon.",
        tests=("tests/slow/test_drain.py",),
        figure="settled_seconds",
        unit="s until all were back",
        at_most=30,
        size={"DRAIN_VIEWERS": "300"},
    ),
    Promise(
        name="room-kills",
        text="Web process, Valkey and PostgreSQL are killed under a room's load: no receipt "
        "without its gift, no gift without its money, all viewers end with the same totals.",
        tests=("tests/slow/test_room_kills.py",),
        figure="kills",
        unit="kills",
        at_least=24,
        size={"ROOM_KILLS": "24"},
    ),
    Promise(
        name="outages",
        text="Valkey goes and comes back, a process dies before it told anybody: rooms catch up.",
        tests=("tests/gifts/test_outage.py", "tests/gifts/test_room_state.py"),
    ),
)
ROOM_LIFE = (
    Promise(
        name="going-live",
        text="ffmpeg, nginx-rtmp, the hook, HLS and Chromium play a picture; wrong, rotated and "
        "revoked keys are refused; a pause of the encoder and its return keep the stream.",
        tests=("tests/slow/test_going_live.py", "tests/creators/test_broadcasting.py"),
    ),
    Promise(
        name="overlay",
        text="A streak of 30 is one alert of the overlay; two sources give one; a revoked token "
        "closes it within 5 s; killed and restarted in a streak it shows every streak once.",
        tests=("tests/pages/test_overlay.py", "tests/gifts/test_overlay.py"),
    ),
)
GROUPS = {"loop": LOOP, "ledger": LEDGER, "rooms": ROOMS, "room-life": ROOM_LIFE}
