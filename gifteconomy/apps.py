from django.apps import AppConfig

# Tasks that the apps declare belong to this Celery app: it must be there before they are.
from gifteconomy.celery import app as celery_app


class GifteconomyConfig(AppConfig):
    """The wiring is an app only for its commands and for Celery; it has no models."""

    name = "gifteconomy"
    celery = celery_app
