from django.urls import path

from users import site_views

urlpatterns = [
    path("favicon.ico", site_views.show_icon, name="favicon"),
    path("theme/", site_views.set_theme, name="set_theme"),
    path("styleguide/", site_views.show_styleguide, name="styleguide"),
]
