from django.urls import path

from gifts import views

urlpatterns = [
    path("live/<uuid:public_id>/gift/", views.gift, name="send_gift"),
    path("live/<uuid:public_id>/ticket/", views.ticket, name="room_ticket"),
    path("gift/<uuid:gift_id>/undo/", views.undo, name="undo_gift"),
    path("gifts/catalogue.json", views.catalogue_json, name="catalogue"),
]
