"""One consumer per viewer, one transaction per gift, one message per viewer and gift."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import transaction

from benchmarks.naive.models import SentGift, Wallet


class GiftConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.wallet = self.scope["url_route"]["kwargs"]["wallet"]
        await self.channel_layer.group_add(self.room, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.room, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        asked = json.loads(text_data or "")
        balance = await self.send_gift(asked["key"], asked["coins"])
        if balance is None:
            await self.send(json.dumps({"type": "refusal", "key": asked["key"]}))
            return
        answer = {"type": "receipt", "key": asked["key"], "balance": balance}
        await self.send(json.dumps(answer))
        event = {"type": "gift", "key": asked["key"], "coins": asked["coins"]}
        await self.channel_layer.group_send(self.room, event | {"sender": self.wallet})

    async def gift(self, event: dict[str, Any]) -> None:
        await self.send(json.dumps(event))

    @database_sync_to_async
    def send_gift(self, key: str, coins: int) -> int | None:
        creator_id = 1
        with transaction.atomic():
            wallets = Wallet.objects.select_for_update().order_by("pk")
            found = {one.pk: one for one in wallets.filter(pk__in=[creator_id, self.wallet])}
            sender, creator = found[self.wallet], found[creator_id]
            if sender.coins < coins:
                return None
            sender.coins -= coins
            sender.save()
            creator.coins += coins
            creator.save()
            SentGift.objects.create(sender=sender, creator=creator, key=key, coins=coins)
        return sender.coins
