from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# Staff sign in as everybody does: with its limits, second factors and passkeys.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("users.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("creators.urls")),
    path("", include("gifts.urls")),
    path("", include("users.site_urls")),
    path("", include("wallets.urls")),
    path("", include("gifts.page_urls")),
    path("", include("gifteconomy.demo.urls")),
]
handler400 = "users.site_views.bad_request"
handler500 = "users.site_views.server_error"
