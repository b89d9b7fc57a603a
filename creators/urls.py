from django.urls import path

from creators import payout_views, views

urlpatterns = [
    path("creator/", views.dashboard, name="dashboard"),
    path("creator/join/", views.join, name="become_creator"),
    path("creator/earnings.csv", views.earnings_table, name="earnings_csv"),
    path("creator/streams/", views.streams, name="creator_streams"),
    path("creator/streams/start/", views.start, name="start_stream"),
    path("creator/streams/<uuid:public_id>/", views.stream, name="stream_summary"),
    path("creator/streams/<uuid:public_id>/end/", views.end, name="end_stream"),
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
