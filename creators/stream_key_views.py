"""The door of a creator's stream key: what the encoder needs to know."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from creators.actions.stream_keys import make_stream_key, revoke_stream_key
from creators.models import Creator
from creators.selectors.streams import good_key_of, open_stream_of, video_of
from creators.video import has_video
from creators.views import creator_required


@creator_required
@reauthentication_required(allow_get=True)
@never_cache
@require_http_methods(["GET", "POST"])
def stream_key(request: HttpRequest, creator: Creator) -> HttpResponse:
    """The page; sending its form makes a new key, which the answer shows this once."""
    if not has_video():
        raise Http404
    made = make_stream_key(creator_id=creator.pk) if request.method == "POST" else None
    live = open_stream_of(creator.pk)
    context = {
        "creator": creator,
        "made": made,
        "key": good_key_of(creator.pk),
        "live": live,
        "video": video_of(live.pk)["state"] if live else None,
        "ingest_url": settings.LIVE_INGEST_URL,
        "return_minutes": -(-settings.LIVE_RETURN_SECONDS // 60),
    }
    return render(request, "creators/stream_key.html", context)


@creator_required
@require_POST
def revoke(request: HttpRequest, creator: Creator) -> HttpResponse:
    revoke_stream_key(creator_id=creator.pk)
    messages.success(request, _("The stream key is not valid any more."))
    return redirect("stream_key")
