"""The coins of a transfer are numbered in the order of its lots; spans say which came back."""

from collections.abc import Iterable

from wallets.states import Parts


def free_spans(coins: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of coins 0 … coins-1 that no span of `taken` covers."""
    free, at = [], 0
    for first, end in sorted(taken):
        if first > at:
            free.append((at, first))
        at = max(at, end)
    if at < coins:
        free.append((at, coins))
    return free


def parts_of_spans(parts: Parts, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Which lots the coins in `spans` belong to; coins are numbered in the order of the parts."""
    found: list[tuple[int, int]] = []
    start = 0
    ordered = sorted(spans)
    for lot, coins in parts:
        inside = sum(max(0, min(end, start + coins) - max(first, start)) for first, end in ordered)
        if inside:
            found.append((lot, inside))
        start += coins
    return found


def spans_of_lot(
    parts: Parts, lot: int, free: Iterable[tuple[int, int]], most: int
) -> list[tuple[int, int]]:
    """At most `most` free coins of one lot, as spans of the transfer, first ones first."""
    spans, start, left = [], 0, most
    ordered = sorted(free)
    for part_lot, coins in parts:
        if part_lot == lot:
            for first, end in ordered:
                low, high = max(first, start), min(end, start + coins)
                high = min(high, low + left)
                if low < high:
                    spans.append((low, high))
                    left -= high - low
        start += coins
    return spans


def span_coins(spans: Iterable[tuple[int, int]]) -> int:
    return sum(end - first for first, end in spans)
