"""A naive ledger: every single coin is an object, and every rule a loop over coins.

It knows nothing of spans, running totals or SQL; the real ledger must agree with it.
"""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Coin:
    where: str = "wallet"  # wallet, gift, escrow, charged, refunding, refunded, gone
    holder: object = None  # which gift, campaign or refund
    disputed: str = ""  # by which dispute


@dataclass(eq=False)
class NaiveLot:
    price: int
    coins: list[Coin]
    disputed_money: int = 0
    refunded_money: int = 0
    unreached: dict[str, int] = field(default_factory=dict)

    def count(self, *places: str) -> int:
        return sum(coin.where in places for coin in self.coins)

    @property
    def remaining(self) -> int:
        return sum(coin.where == "wallet" and not coin.disputed for coin in self.coins)

    @property
    def refunded(self) -> int:
        return self.count("refunding", "refunded")

    @property
    def disputed(self) -> int:
        return sum(bool(coin.disputed) for coin in self.coins) + sum(self.unreached.values())


@dataclass(eq=False)
class NaiveGift:
    creator: int
    coins: list[tuple[NaiveLot, Coin]]
    clears_at: int
    cleared: bool = False

    def free(self) -> list[tuple[NaiveLot, Coin]]:
        return [
            (lot, coin)
            for lot, coin in self.coins
            if coin.where == "gift" and coin.holder is self and not coin.disputed
        ]


@dataclass(eq=False)
class NaiveWallet:
    lots: list[NaiveLot] = field(default_factory=list)
    gifts: list[NaiveGift] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return sum(lot.remaining for lot in self.lots)

    def recharge(self, coins: int, price: int) -> NaiveLot:
        lot = NaiveLot(price, [Coin() for _ in range(coins)])
        self.lots.append(lot)
        return lot

    def _take(self, wanted: int, where: str, holder: object) -> list[tuple[NaiveLot, Coin]]:
        taken = []
        for lot in self.lots:
            for coin in lot.coins:
                if wanted and coin.where == "wallet" and not coin.disputed:
                    coin.where, coin.holder = where, holder
                    taken.append((lot, coin))
                    wanted -= 1
        assert not wanted
        return taken

    def give(self, creator: int, coins: int, clears_at: int) -> NaiveGift | None:
        if self.balance < coins:
            return None
        gift = NaiveGift(creator, [], clears_at)
        gift.coins = self._take(coins, "gift", gift)
        self.gifts.append(gift)
        return gift

    def undo(self, gift: NaiveGift) -> int:
        free = gift.free()
        if gift.cleared:
            return 0
        for _, coin in free:
            coin.where, coin.holder = "wallet", None
        return len(free)

    def campaign(self, name: str, coins: int) -> bool:
        if self.balance < coins:
            return False
        self._take(coins, "escrow", name)
        return True

    def in_escrow(self, name: str) -> list[Coin]:
        return [
            coin
            for lot in self.lots
            for coin in lot.coins
            if coin.where == "escrow" and coin.holder == name
        ]

    def charge(self, name: str, coins: int) -> bool:
        inside = self.in_escrow(name)
        if len(inside) < coins:
            return False
        for coin in inside[:coins]:
            coin.where = "charged"
        return True

    def end_campaign(self, name: str) -> int:
        inside = self.in_escrow(name)
        for coin in inside:
            coin.where, coin.holder = "wallet", None
        return len(inside)

    def refund(self, lot: NaiveLot, coins: int, name: str) -> bool:
        free = len(lot.coins) - lot.refunded - lot.disputed
        if coins > min(lot.remaining, free):
            return False
        for coin in [c for c in lot.coins if c.where == "wallet" and not c.disputed][:coins]:
            coin.where, coin.holder = "refunding", name
        return True

    def end_refund(self, lot: NaiveLot, name: str, *, done: bool) -> None:
        for coin in lot.coins:
            if coin.where == "refunding" and coin.holder == name:
                coin.where, coin.holder = ("refunded", name) if done else ("wallet", None)

    def dispute(self, lot: NaiveLot, name: str, covered: int) -> None:
        touched = next(
            n
            for n in range(len(lot.coins) + 1)
            if n * lot.price >= len(lot.coins) * (lot.disputed_money + covered)
        )
        free = len(lot.coins) - lot.refunded - lot.disputed
        wanted = max(0, min(touched - lot.disputed, free))
        lot.disputed_money += covered
        for coin in lot.coins:
            if wanted and coin.where == "wallet" and not coin.disputed:
                coin.disputed = name
                wanted -= 1
        open_gifts = [gift for gift in self.gifts if not gift.cleared]
        for gift in sorted(open_gifts, key=lambda gift: gift.clears_at, reverse=True):
            for gift_lot, coin in gift.free():
                if wanted and gift_lot is lot:
                    coin.disputed = name
                    wanted -= 1
        lot.unreached[name] = wanted

    def end_dispute(self, lot: NaiveLot, name: str, covered: int, *, won: bool) -> None:
        if not won:
            for coin in lot.coins:
                if coin.disputed == name:
                    coin.where = "gone"
            return
        lot.disputed_money -= covered
        lot.unreached.pop(name)
        for coin in lot.coins:
            if coin.disputed == name:
                coin.disputed = ""
