from django.urls import path

from gifteconomy.demo import views

urlpatterns = [
    path("demo/as/<str:token>/", views.link, name="demo_link"),
    path("demo/be/", views.be, name="demo_be"),
    path("demo/steps/", views.steps, name="demo_steps"),
    path("demo/mail/", views.mails, name="demo_mails"),
    path("demo/mail/<int:mail_id>/", views.mail, name="demo_mail"),
    path("demo/mail/<int:mail_id>/html/", views.mail_html, name="demo_mail_html"),
]
