from django.http import HttpResponse
from django.urls import path

# A page that answers says that the server is up.
urlpatterns = [path("accounts/login/", lambda request: HttpResponse())]
