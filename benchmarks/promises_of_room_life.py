"""What the people of a room can do in it, and what keeps them safe there."""

from benchmarks.promise import Promise

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
        name="chat",
        text="Lines, moderation, slow mode, followers only and messages with gifts are seen in "
        "other windows within 2 s; who may not is refused; chat can be paused.",
        tests=(
            "tests/gifts/test_moderation.py",
            "tests/pages/test_moderation.py",
            "tests/pages/test_room.py",
        ),
    ),
    Promise(
        name="text-filter",
        text="200 evasions are refused, 200 innocent lines pass.",
        tests=("tests/users/test_text_filter.py",),
    ),
    Promise(
        name="hidden-texts",
        text="What was taken away is in none of five viewers' pages, the overlay, a snapshot, a "
        "resume, the log and the creator's lists: how soon.",
        tests=("tests/pages/test_hidden_texts.py",),
        figure="hidden_ms",
        unit="ms",
        at_most=2_000,
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
