import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.naive.settings"
http = get_asgi_application()

# Models can be imported only now.
from benchmarks.naive.consumers import GiftConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": URLRouter([path("ws/<str:room>/<int:wallet>/", GiftConsumer.as_asgi())]),
    }
)
