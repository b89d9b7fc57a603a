from django.urls import path

from gifts import (
    audience_views,
    console_views,
    moderation_views,
    overlay_views,
    return_views,
    views,
)

urlpatterns = [
    path("live/<uuid:public_id>/gift/", views.gift, name="send_gift"),
    path("live/<uuid:public_id>/ticket/", views.ticket, name="room_ticket"),
    path(
        "live/<uuid:public_id>/person/<str:handle>/",
        moderation_views.person_card,
        name="person_card",
    ),
    path(
        "live/<uuid:public_id>/sender/<uuid:gift_id>/",
        moderation_views.sender_card,
        name="sender_card",
    ),
    path("live/<uuid:public_id>/hide/", moderation_views.hide, name="hide_text"),
    path("live/<uuid:public_id>/unpin/", moderation_views.unpin, name="unpin_text"),
    path("live/<uuid:public_id>/board/", audience_views.board, name="board_wish"),
    path("live/<uuid:public_id>/mine/", audience_views.mine, name="given_here"),
    path("live/<uuid:public_id>/goal/", console_views.goal, name="goal"),
    path("live/<uuid:public_id>/thank/", console_views.thank, name="thank"),
    path("live/<uuid:public_id>/switch/", console_views.switch, name="room_switch"),
    path("live/<uuid:public_id>/amounts/", console_views.amounts, name="gift_amounts"),
    path("live/<uuid:public_id>/console.json", console_views.facts, name="console_facts"),
    path("@<str:handle>/console/", console_views.console, name="console"),
    path("@<str:handle>/moderation/", moderation_views.log, name="moderation_log"),
    path("moderation/<int:act_id>/undo/", moderation_views.undo, name="undo_moderation"),
    path("gift/<uuid:gift_id>/undo/", views.undo, name="undo_gift"),
    path("creator/gifts/", return_views.received_gifts, name="received_gifts"),
    path("creator/gifts/<uuid:gift_id>/return/", return_views.give_back, name="return_gift"),
    path("creator/overlay/", overlay_views.overlays, name="overlays"),
    path("creator/overlay/test/", overlay_views.test, name="test_alert"),
    path("creator/overlay/<uuid:public_id>/", overlay_views.change, name="change_overlay"),
    path("creator/overlay/<uuid:public_id>/revoke/", overlay_views.revoke, name="revoke_overlay"),
    path("overlay/", overlay_views.overlay, name="overlay"),
    path("overlay/next/", overlay_views.overlay_next, name="overlay_next"),
    path("overlay/<uuid:public_id>.css", overlay_views.overlay_style, name="overlay_style"),
    path("gifts/catalogue.json", views.catalogue_json, name="catalogue"),
]
