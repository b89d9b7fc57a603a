from django.urls import path

from wallets import offline_views, recharge_views, views

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
    path("rates/", views.rates, name="rates"),
]
