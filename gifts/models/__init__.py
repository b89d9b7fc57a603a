from gifts.models.catalogue import Gift
from gifts.models.chat import ChatLine, HiddenMessage
from gifts.models.overlays import Overlay, OverlayAlert, TrialAlert
from gifts.models.rooms import PlaceEvent, PlaceTotals
from gifts.models.sent import SentGift, SupporterDay, UndoDay

__all__ = [
    "ChatLine",
    "Gift",
    "HiddenMessage",
    "Overlay",
    "OverlayAlert",
    "PlaceEvent",
    "PlaceTotals",
    "SentGift",
    "SupporterDay",
    "TrialAlert",
    "UndoDay",
]
