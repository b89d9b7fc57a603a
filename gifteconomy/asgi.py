"""HTTP and WebSocket entry point, for Daphne (`manage.py serve`) or any ASGI server."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from gifteconomy.guard.database import check_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gifteconomy.settings")

# The apps are loaded by now; whichever server loads this file, production is guarded.
http = get_asgi_application()
check_database()
application = ProtocolTypeRouter({"http": http})
