"""HTTP and WebSocket entry point, for Daphne (`manage.py serve`) or any ASGI server."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

from gifteconomy.guard.database import check_database
from gifteconomy.static_files import StaticFiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gifteconomy.settings")

# The apps are loaded by now; whichever server loads this file, production is guarded.
http = get_asgi_application()
check_database()

# What sockets need of the apps can be imported only now.
from gifts.rooms.origin import OwnOrigin  # noqa: E402
from gifts.rooms.process import Rooms  # noqa: E402
from gifts.routing import websocket_urlpatterns as rooms  # noqa: E402
from users.routing import websocket_urlpatterns as people  # noqa: E402

pages = StaticFiles(http) if settings.WHITENOISE_AUTOREFRESH else http
# The rooms' last pattern answers what nobody else does.
sockets = OwnOrigin(URLRouter([*people, *rooms]))
application = Rooms(ProtocolTypeRouter({"http": pages, "websocket": sockets}))
