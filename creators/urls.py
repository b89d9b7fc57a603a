from django.urls import path, re_path

from creators import boundary_views, payout_views, room_views, stream_key_views, views, webhooks

urlpatterns = [
    path("creator/", views.dashboard, name="dashboard"),
    path("creator/join/", views.join, name="become_creator"),
    path("creator/earnings.csv", views.earnings_table, name="earnings_csv"),
    path("creator/streams/", views.streams, name="creator_streams"),
    path("creator/streams/start/", views.start, name="start_stream"),
    path("creator/streams/<uuid:public_id>/", views.stream, name="stream_summary"),
    path("creator/streams/<uuid:public_id>/end/", views.end, name="end_stream"),
    path("creator/room/", room_views.room_rules, name="room_rules"),
    path("creator/room/word/<int:word_id>/", room_views.take_out_word, name="take_out_word"),
    path("creator/room/moderator/<str:handle>/", room_views.dismiss, name="dismiss_moderator"),
    path("creator/boundaries/", boundary_views.boundaries, name="boundaries"),
    path("creator/boundaries/enough/", boundary_views.enough, name="enough"),
    path("@<str:handle>/follow/", room_views.follow, name="follow"),
    path("creator/stream-key/", stream_key_views.stream_key, name="stream_key"),
    path("creator/stream-key/revoke/", stream_key_views.revoke, name="revoke_stream_key"),
    # With and without the last slash: a redirect to it would be taken for a yes.
    re_path(r"^live-hooks/([^/]{1,200})/nginx-rtmp/?$", webhooks.nginx_rtmp, name="nginx_rtmp"),
    re_path(r"^live-hooks/([^/]{1,200})/mediamtx/?$", webhooks.mediamtx, name="mediamtx"),
    path("creator/payout/", payout_views.method, name="payout_method"),
    path("creator/withdraw/", payout_views.withdraw, name="withdraw"),
    path("creator/withdrawals/", payout_views.withdrawals, name="withdrawals"),
    path("creator/withdrawals/<uuid:public_id>/", payout_views.withdrawal, name="withdrawal"),
    path(
        "creator/withdrawals/<uuid:public_id>/timeline/",
        payout_views.timeline,
        name="withdrawal_timeline",
    ),
    path(
        "creator/withdrawals/<uuid:public_id>/cancel/",
        payout_views.cancel,
        name="cancel_withdrawal",
    ),
]
