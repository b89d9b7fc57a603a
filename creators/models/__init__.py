from creators.models.batches import PayoutBatch, PayoutItem
from creators.models.boundaries import Boundaries
from creators.models.broadcasts import Broadcast, StreamKey
from creators.models.creators import Creator
from creators.models.earnings import Earning
from creators.models.mails import CreatorMail
from creators.models.moderation import (
    Follow,
    ModerationAct,
    Moderator,
    Restriction,
    RoomRules,
)
from creators.models.places import Place, Stream
from creators.models.withdrawals import (
    PayoutMethod,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalPart,
)

__all__ = [
    "Boundaries",
    "Broadcast",
    "Creator",
    "CreatorMail",
    "Earning",
    "Follow",
    "ModerationAct",
    "Moderator",
    "PayoutBatch",
    "PayoutItem",
    "PayoutMethod",
    "Place",
    "Restriction",
    "RoomRules",
    "Stream",
    "StreamKey",
    "Withdrawal",
    "WithdrawalEvent",
    "WithdrawalPart",
]
