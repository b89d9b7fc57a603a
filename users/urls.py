from django.urls import path, re_path

from users import block_views, notification_views, report_views, sign_up_views, views

urlpatterns = [
    # Before allauth's own, whose names and templates they keep.
    path("accounts/signup/", sign_up_views.SignUpView.as_view(), name="account_signup"),
    path(
        "accounts/3rdparty/signup/",
        sign_up_views.SocialSignUpView.as_view(),
        name="socialaccount_signup",
    ),
    path("accounts/handle/", sign_up_views.check_handle, name="check_handle"),
    path("account/", views.profile, name="profile"),
    path("account/handle/", views.handle, name="change_handle"),
    path("account/preferences/", views.preferences, name="preferences"),
    path("account/blocked/", block_views.blocked, name="blocked_people"),
    path("account/reports/", report_views.own_reports, name="own_reports"),
    path("report/<slug:kind>/<uuid:ref>/", report_views.report, name="report"),
    path("person/<uuid:public_id>/block/", block_views.block, name="block_person"),
    path("account/birthday/", views.birthday, name="birthday"),
    path("account/notifications/", notification_views.notifications, name="notifications"),
    path(
        "account/notifications/read/",
        notification_views.read_notifications,
        name="read_notifications",
    ),
    path(
        "account/notifications/choices/",
        notification_views.notification_choices,
        name="notification_choices",
    ),
    path(
        "account/notifications/<uuid:public_id>/",
        notification_views.open_notification,
        name="notification",
    ),
    path("stop-mails/<str:token>/", notification_views.stop_mails, name="stop_mails"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    re_path(r"^@(?P<handle>[A-Za-z0-9_]{3,30})/$", views.person, name="person"),
    re_path(r"^media/pictures/(?P<name>[0-9a-f]{32})\.webp$", views.picture, name="picture"),
]
