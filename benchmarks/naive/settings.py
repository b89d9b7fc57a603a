"""The tutorial's way to gifts in a room, as the baseline of the benchmarks"""

import os

import environ

SECRET_KEY = "only-for-benchmarks"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["benchmarks.naive"]
ROOT_URLCONF = "benchmarks.naive.urls"
ASGI_APPLICATION = "benchmarks.naive.asgi.application"
DATABASES = {"default": environ.Env.db_url_config(os.environ.get("NAIVE_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # The client's own timeout is as long as the layer's longest wait: consumers would end.
        "CONFIG": {
            "hosts": [
                {
                    "address": os.environ.get("REDIS_URL", ""),
                    "socket_timeout": None,
                    "max_connections": 10_000,
                }
            ]
        },
    }
}
