"""One query for all who ask at the same moment: what a viewer's snapshot says about itself."""

import asyncio
from collections.abc import Awaitable, Callable

from gifts import viewers
from gifts.viewers import Me

Read = Callable[[Callable[[], dict[int, Me]]], Awaitable[dict[int, Me]]]


class OwnFacts:
    """`read` runs a query in the hub's database thread."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._asked: dict[int, asyncio.Future[Me | None]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def of(self, user_id: int) -> Me | None:
        if not self._asked:
            task = asyncio.ensure_future(self._answer())
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        future = self._asked.get(user_id)
        if future is None:
            future = self._asked[user_id] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(future)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        asked, self._asked = self._asked, {}
        try:
            found = await self._read(lambda: viewers.viewers_own(list(asked)))
        except Exception as error:
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # who asked may be gone
            return
        for user_id, future in asked.items():
            future.set_result(found.get(user_id))
