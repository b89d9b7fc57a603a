from django.urls import path

from gifts import page_views

urlpatterns = [
    path("", page_views.home, name="home"),
    path("live/<uuid:public_id>/", page_views.room, name="room"),
]
