from django.urls import path

from wallets import offline_views, own_limit_views, recharge_views, views

urlpatterns = [
    path("wallet/", views.wallet, name="wallet"),
    path("wallet/balance.json", views.balance, name="wallet_balance"),
    path("wallet/recharge/", recharge_views.recharge, name="recharge"),
    path(
        "wallet/recharges/<uuid:public_id>/", recharge_views.recharge_state, name="recharge_state"
    ),
    path(
        "wallet/recharges/<uuid:public_id>/return/",
        recharge_views.recharge_return,
        name="recharge_return",
    ),
    path(
        "wallet/recharges/<uuid:public_id>/resume/",
        recharge_views.recharge_resume,
        name="recharge_resume",
    ),
    path("wallet/recharges/<uuid:public_id>/receipt/", recharge_views.receipt, name="receipt"),
    path("wallet/payment/<str:token>/", offline_views.offline_payment, name="offline_payment"),
    path("account/limits/", own_limit_views.limits, name="own_limits"),
    path("account/limits/set/", own_limit_views.set_limit, name="set_own_limit"),
    path("account/limits/raise/", own_limit_views.answer_raise, name="answer_raise"),
    path("account/limits/quiet/", own_limit_views.quiet_hours, name="set_quiet_hours"),
    path("account/limits/break/", own_limit_views.begin_break, name="begin_break"),
    path("rates/", views.rates, name="rates"),
]
