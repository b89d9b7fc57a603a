"""Reads a page as a crawler does: its links, its amounts with their money, and its other words."""

import re
from html.parser import HTMLParser

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
# What stands in another one of these is not read together with what stood before.
APART = {"dd", "dt", "h1", "h2", "h3", "label", "li", "option", "p", "td", "th"}
UNSEEN = {"script", "style", "template", "noscript"}
# Words of an amount, unless its money stands in parentheses behind them.
BARE_COINS = re.compile(r"\d[\d,.]*\s+coins?\b(?! packs?\b)(?!\s*\([^)]*\d[^)]*\))", re.IGNORECASE)
READ_ALOUD = ("alt", "title", "aria-label", "placeholder", "content")


class Amount:
    def __init__(self, asset: str, units: int) -> None:
        self.asset, self.units, self.money = asset, units, ""

    def __repr__(self) -> str:
        return f"{self.units} {self.asset} ({self.money})"


class PageReader(HTMLParser):
    """`links`, `amounts`, `words` (outside of amounts), and the same by the id of a section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.amounts: list[Amount] = []
        self.words: list[str] = []
        self.main: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._amount_at: int | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        classes = said.get("class", "").split()
        if self._is_unseen():
            self._opened(tag, said)
            return
        if tag in APART:
            self.words.append("|")
        if tag == "a" and "href" in said and "download" not in said:
            self.links.append(said["href"])
        if self._amount_at is None and "amount" in classes:
            for asset in ("coins", "diamonds"):
                if f"data-{asset}" in said:
                    self.amounts.append(Amount(asset, int(said[f"data-{asset}"])))
                    self._amount_at = len(self._open)
        if self._amount_at is None:
            self.words += [said[name] for name in READ_ALOUD if name in said]
        self._opened(tag, said)

    def _opened(self, tag: str, said: dict[str, str]) -> None:
        if tag not in VOID:
            self._open.append((tag, said.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                break
        if self._amount_at is not None and len(self._open) <= self._amount_at:
            self._amount_at = None

    def handle_data(self, data: str) -> None:
        if self._is_unseen():
            return
        if any(tag == "main" for tag, _ in self._open):
            self.main.append(data)
        if self._amount_at is None:
            self.words.append(data)
        elif "amount__money" in self._open[-1][1]:
            self.amounts[-1].money += data.strip()

    def _is_unseen(self) -> bool:
        return any(tag in UNSEEN for tag, _ in self._open)

    @property
    def bare_amounts(self) -> list[str]:
        """Amounts of coins that stand without their money."""
        text = " ".join(" ".join(self.words).split())
        return [
            *BARE_COINS.findall(text),
            *(repr(one) for one in self.amounts if not re.search(r"\d", one.money)),
        ]
