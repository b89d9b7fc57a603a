from gifts.models.audience import BoardWish, RoomTally, Thanks
from gifts.models.catalogue import Gift
from gifts.models.chat import ChatLine, HiddenMessage
from gifts.models.goals import Goal
from gifts.models.overlays import Overlay, OverlayAlert, TrialAlert
from gifts.models.pins import EndedPin
from gifts.models.rooms import PlaceEvent, PlaceTotals
from gifts.models.sent import SentGift, SupporterDay, UndoDay
from gifts.models.sums import GiverSum, SeriesSum, SummedPlace
from gifts.models.supporters import NewSupporters, Supporter

__all__ = [
    "BoardWish",
    "ChatLine",
    "EndedPin",
    "Gift",
    "Goal",
    "GiverSum",
    "HiddenMessage",
    "NewSupporters",
    "Overlay",
    "OverlayAlert",
    "PlaceEvent",
    "PlaceTotals",
    "RoomTally",
    "SentGift",
    "SeriesSum",
    "SummedPlace",
    "Supporter",
    "SupporterDay",
    "Thanks",
    "TrialAlert",
    "UndoDay",
]
