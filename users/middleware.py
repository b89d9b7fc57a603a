"""The one place where a refusal becomes an answer, so that views just let it rise."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from users.errors import Refusal, TooFast


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        response = self._answer(request, exception)
        if wait := exception.details.get("wait_seconds"):
            response["Retry-After"] = str(wait)
        return response

    def _answer(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        if request.accepts("application/json") and not request.accepts("text/html"):
            body = {"code": refusal.code, "text": refusal.sentence, "details": refusal.details}
            return JsonResponse({"refusal": body}, status=refusal.status)
        page = "429.html" if isinstance(refusal, TooFast) else "refusal.html"
        return render(request, page, {"refusal": refusal}, status=refusal.status)
