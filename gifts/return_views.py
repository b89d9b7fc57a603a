"""The doors of what a creator got: every gift, and returning one in full."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from creators.models import Creator
from creators.views import creator_required, signed_in
from gifts.actions.returning import gift_to_return, return_gift
from gifts.actions.undoing import streak_of
from gifts.errors import NotYours
from gifts.models import Gift, SentGift
from gifts.received import received_page
from users.errors import Refusal
from wallets.templatetags.money import coins_text

GIFTS_ON_PAGE = 30


@creator_required
@require_GET
@never_cache
def received_gifts(request: HttpRequest, creator: Creator) -> HttpResponse:
    """Every gift that the creator got, newest first."""
    page = received_page(
        creator.pk,
        most=GIFTS_ON_PAGE,
        before=_cursor(request, "before"),
        after=_cursor(request, "after"),
    )
    context: dict[str, Any] = {"creator": creator, "gifts": page.gifts}
    if page.gifts and page.has_newer:
        context["newer_url"] = f"?after={page.gifts[0].earning.pk}"
    if page.has_older:
        context["older_url"] = f"?before={page.gifts[-1].earning.pk}"
    return render(request, "gifts/received.html", context)


def _cursor(request: HttpRequest, name: str) -> UUID | None:
    """A gift to go on from; what is none begins at the latest."""
    try:
        return UUID(request.GET[name])
    except (KeyError, ValueError):
        return None


@creator_required
@require_http_methods(["GET", "POST"])
@never_cache
def give_back(request: HttpRequest, creator: Creator, gift_id: UUID) -> HttpResponse:
    """Ask, and return a gift with its streak."""
    refusal = None
    if request.method == "POST":
        try:
            coins = return_gift(
                actor=signed_in(request), gift_id=gift_id, key=request.POST.get("key", "")[:64]
            )
        except NotYours as unknown:
            raise Http404 from unknown
        except Refusal as refused:
            refusal = refused
        else:
            said = _("%(coins)s went back to the sender. Your room shows it.")
            messages.success(request, said % {"coins": coins_text(coins)})
            return redirect("received_gifts")
    context: dict[str, Any] = {"creator": creator, "refusal": refusal, "key": str(uuid4())}
    context |= _what(request, gift_id)
    status = refusal.status if refusal else 200
    return render(request, "gifts/return_gift.html", context, status=status)


def _what(request: HttpRequest, gift_id: UUID) -> dict[str, Any]:
    try:
        sent = gift_to_return(signed_in(request), gift_id)
    except NotYours as unknown:
        raise Http404 from unknown
    left = [one for one in streak_of(sent) if one.state == SentGift.State.SENT]
    return {
        "gift": Gift.objects.get(pk=sent.gift_id),
        "count": sum(one.quantity for one in left),
        "coins": sum(one.coins for one in left),
    }
