"""HTTP and WebSocket entry point, for Daphne (`manage.py serve`) or any ASGI server."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gifteconomy.settings")

application = ProtocolTypeRouter({"http": get_asgi_application()})
