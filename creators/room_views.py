"""The creator's page about what may be said in the own rooms, and following a creator."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from creators.actions import following, moderating
from creators.forms import ModeratorForm, RoomRulesForm, WordsForm
from creators.models import Creator
from creators.selectors.moderation import moderators_of, rules_of
from creators.views import creator_required, signed_in
from users.actions import filter_lists
from users.errors import Refusal
from users.filtering import listed
from users.models import User
from users.selectors import user_by_handle


@creator_required
@require_http_methods(["GET", "POST"])
def room_rules(request: HttpRequest, creator: Creator) -> HttpResponse:
    rules = rules_of(creator.pk)
    forms: dict[str, django_forms.Form] = {
        "rules": RoomRulesForm(
            _sent(request, "rules"),
            initial={
                "slow_seconds": rules.slow_seconds,
                "followers_only": rules.followers_only,
                "gift_messages": rules.gift_messages,
                "languages": ", ".join(rules.languages),
            },
        ),
        "moderator": ModeratorForm(_sent(request, "moderator")),
        "words": WordsForm(_sent(request, "words")),
    }
    form = forms.get(request.POST.get("form", ""))
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            said = _save(creator, signed_in(request), request.POST["form"], form.cleaned_data)
        except Refusal as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, said)
            return redirect("room_rules")
    context = {
        "creator": creator,
        **{f"{name}_form": one for name, one in forms.items()},
        "moderators": moderators_of(creator.pk),
        "words": listed(creator.pk),
    }
    return render(request, "creators/room_rules.html", context)


@creator_required
@require_POST
def take_out_word(request: HttpRequest, creator: Creator, word_id: int) -> HttpResponse:
    return _done(
        request,
        lambda: filter_lists.take_out(word_id, owner_id=creator.pk, by_id=creator.pk),
        _("The word is taken out."),
    )


@creator_required
@require_POST
def dismiss(request: HttpRequest, creator: Creator, handle: str) -> HttpResponse:
    person = _person(handle)
    return _done(
        request,
        lambda: moderating.dismiss_moderator(
            creator_id=creator.pk, actor=signed_in(request), person=person
        ),
        _("@%(handle)s is no longer a moderator.") % {"handle": person.handle},
    )


@login_required
@require_POST
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow a creator, or no longer (`off`)."""
    creator, user = _person(handle), signed_in(request)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = f"/@{creator.handle}/"
    try:
        if "off" in request.POST:
            following.unfollow(follower=user, creator=creator)
        else:
            following.follow(follower=user, creator=creator)
    except Refusal as refused:
        messages.error(request, refused.sentence)
    return HttpResponseRedirect(back)


def _save(creator: Creator, user: User, name: str, data: dict[str, Any]) -> str:
    if name == "rules":
        moderating.save_room_rules(creator_id=creator.pk, **data)
        return _("Your rules are saved.")
    if name == "moderator":
        named = moderating.name_moderator(creator_id=creator.pk, actor=user, **data)
        return _("@%(handle)s is a moderator now.") % {"handle": named.person.handle}
    filter_lists.add_words(data["words"].splitlines(), owner_id=creator.pk, by_id=user.pk)
    return _("Your list is saved.")


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refusal as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said)
    return redirect("room_rules")


def _sent(request: HttpRequest, name: str) -> QueryDict | None:
    return request.POST if request.POST.get("form") == name else None


def _person(handle: str) -> User:
    person = user_by_handle(handle)
    if person is None:
        raise Http404
    return person
