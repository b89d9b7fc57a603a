"""What live rooms promise, how fast they are and what their people can do in them."""

from benchmarks.promise import Promise

SOCKET = "tests/gifts/test_socket.py"
# Waits for a minute on each server.
IDLE = "tests/gifts/test_servers.py::test_socket_that_is_idle_for_a_minute_lives"

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
    Promise(
        name="block",
        text="Who is blocked is out of the blocker's open rooms within 2 s and can neither join, "
        "chat, follow nor give; nothing moves; the blocker's page shows nothing that they say.",
        tests=("tests/gifts/test_blocks.py", "tests/pages/test_blocks.py"),
    ),
    Promise(
        name="report",
        text="A report keeps a copy of what was seen; floods, repeats and what is gone are "
        "refused; a child in danger is first in the queue and mailed within 10 s.",
        tests=("tests/gifts/test_reports.py", "tests/pages/test_reports.py"),
    ),
    Promise(
        name="staff-end",
        text="Staff end a stream with two clicks, from the report or its page: every viewer's "
        "page says so within 2 s and no gift is accepted after.",
        tests=("tests/pages/test_reports.py", "-k", "two_clicks"),
    ),
    Promise(
        name="notifications",
        text="A creator goes live in one window and followers' bells say so in theirs within 2 s, "
        "in rooms and anywhere else; told once; one press ends a kind of mail.",
        tests=("tests/pages/test_notifications.py", "tests/users/test_notifications.py"),
    ),
    Promise(
        name="anonymous",
        text="A gift without a name says nothing of its sender on any surface that others see, is "
        "never one streak with a named one, and obeys bans, caps and limits.",
        tests=("tests/gifts/test_anonymous.py", "tests/pages/test_boundaries.py"),
    ),
    Promise(
        name="pins",
        text="A dear message is over the chat for a time by price, in every window within 2 s; "
        "unpinning, hiding, undo, return and the clock take it away.",
        tests=("tests/gifts/test_pins.py", "tests/pages/test_pins.py"),
    ),
    Promise(
        name="boundaries",
        text="Least, most, cap, off and enough are judged under the lock, also when they change "
        "while a gift waits; the room shows them within 2 s.",
        tests=("tests/gifts/test_boundaries.py", "tests/pages/test_boundaries.py"),
    ),
    Promise(
        name="return",
        text="A creator returns a gift in full, once, while its diamonds are there; after a "
        "withdrawal it is refused.",
        tests=("tests/gifts/test_returning.py", "tests/pages/test_pins.py", "-k", "return"),
    ),
    Promise(
        name="own-limits",
        text="Limits, quiet hours and breaks hold for gifts and recharges, tighter at once and "
        "looser after a day and a second yes; half and whole are told.",
        tests=(
            "tests/gifts/test_pauses.py",
            "tests/gifts/test_limits.py",
            "tests/pages/test_own_limits.py",
        ),
    ),
    Promise(
        name="abuse",
        text="32 taps in two tabs against a cap, a limit and the last coin; the sixth undo; gifts "
        "and words after a ban or a block: refused, and nothing moves.",
        tests=("tests/gifts/test_abuse.py",),
    ),
    Promise(
        name="goal",
        text="A goal that is set in one window is seen in another within 2 s, moves back with an "
        "undo, and is reached once with two processes; without the lock both would say so.",
        tests=("tests/gifts/test_goals.py", "tests/pages/test_room_life.py"),
    ),
    Promise(
        name="board",
        text="The board moves with gifts and undos; who hides, is anonymous, banned or blocked is "
        "not on it; a page that stays has what a fresh one is given.",
        tests=("tests/gifts/test_audience.py", "tests/gifts/test_snapshots.py"),
    ),
    Promise(
        name="likes",
        text="Likes are seen by others within 2 s; 4,000 taps of one person in two processes count "
        "as the few that a person may.",
        tests=("tests/gifts/test_audience.py", "tests/pages/test_room_life.py"),
    ),
    Promise(
        name="summary",
        text="What a stream's summaries say, for its creator and for who gave, a recount gives.",
        tests=("tests/gifts/test_audience.py", "tests/pages/test_room_life.py"),
    ),
    Promise(
        name="console",
        text="Thanks agree in two open consoles; what the creator switches, viewers follow within "
        "2 s; the end comes with a yes, on a phone of 390 px as well.",
        tests=("tests/pages/test_room_life.py",),
    ),
)
