"""Static files of a development server, answered before Django's middleware.

A room asks for a hundred of them, and through Django each takes a thread of its own and several
times as long. In production `whitenoise` has listed them at the start, or a proxy serves them.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class StaticFiles:
    """ASGI application: answers GET for what the finders find, with the headers that Django gives.

    All else, also a file that is not there, goes on to `application`.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.files = WhiteNoiseMiddleware()
        self.security = SecurityMiddleware(lambda request: HttpResponse())

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        answer = self.answer(scope) if scope["type"] == "http" else None
        if answer is None:
            await self.application(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
        await send(
            {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": answer.content})

    def answer(self, scope: dict[str, Any]) -> HttpResponse | None:
        path = scope["path"]
        if scope["method"] != "GET" or not path.startswith(settings.STATIC_URL):
            return None
        found = self.files.find_file(path)
        if found is None:
            return None
        asked = {
            "HTTP_" + name.decode("latin1").upper().replace("-", "_"): value.decode("latin1")
            for name, value in scope["headers"]
        }
        said = found.get_response("GET", asked)
        content = b""
        if said.file is not None:
            with said.file as file:
                content = file.read()
        answer = HttpResponse(content, status=int(said.status))
        del answer["Content-Type"]
        for name, value in said.headers:
            answer[name] = value
        self.security.process_response(HttpRequest(), answer)
        return answer
