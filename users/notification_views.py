"""The doors of what people are told."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from users import notices
from users.actions.notifying import choose, mark_read
from users.forms import NotificationsForm, UpToForm
from users.models import Notification, NotificationChoice, User
from users.selectors import ways_of
from users.stop_links import read_stop_link

ON_A_PAGE = 30
Way = NotificationChoice.Way


@login_required
@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """All of them, newest first. Reading the list is no promise to have seen them: a button is."""
    user = _signed_in(request)
    page = Paginator(user.notifications.order_by("-created", "-id"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    told = [
        {"row": row, "kind": kind, "sentence": kind.sentence(row.data)}
        for row in page.object_list
        if (kind := notices.find(row.kind))
    ]
    newest = user.notifications.order_by("-id").values_list("pk", flat=True).first()
    context = {
        "page": page,
        "told": told,
        "newest": newest,
        "newer_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "notifications/list.html", context)


@login_required
@require_GET
def open_notification(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go to what it is about; it is not new any more."""
    user = _signed_in(request)
    found = get_object_or_404(Notification, public_id=public_id, person=user)
    mark_read(user, public_id=found.public_id)
    return redirect(found.path)


@login_required
@require_POST
def read_notifications(request: HttpRequest) -> HttpResponse:
    form = UpToForm(request.POST)
    if form.is_valid():
        mark_read(_signed_in(request), up_to=form.cleaned_data["up_to"])
    return redirect("notifications")


@login_required
@require_http_methods(["GET", "POST"])
def notification_choices(request: HttpRequest) -> HttpResponse:
    user = _signed_in(request)
    ways = ways_of(user)
    form = NotificationsForm(request.POST if request.method == "POST" else None, ways=ways)
    if request.method == "POST" and form.is_valid():
        for kind, way in form.cleaned_data.items():
            if way != ways[kind]:
                choose(person_id=user.pk, kind=kind, way=way)
        messages.success(request, _("Your choices are saved."))
        return redirect("notification_choices")
    return render(request, "notifications/choices.html", {"form": form})


@csrf_exempt  # mail programs post here for their readers; the signed address says whose mails
@require_http_methods(["GET", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """End a kind of mail with one press, signed in or not, and take that back. Who wants to hear
    nothing at all of it still hears nothing: links in old mails never get too old."""
    said = read_stop_link(token)
    kind = notices.find(said[1]) if said else None
    if said is None or kind is None:
        raise Http404
    person = get_object_or_404(User, pk=said[0])
    stopped: bool | None = None
    if request.method == "POST":
        stopped = request.POST.get("again") != "1"
        if not (stopped and ways_of(person)[kind.code] == Way.OFF):
            choose(person_id=person.pk, kind=kind.code, way=Way.SITE if stopped else Way.MAIL)
    return render(request, "notifications/stop.html", {"kind": kind, "stopped": stopped})


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
