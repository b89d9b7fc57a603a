from django.apps import AppConfig


class GifteconomyConfig(AppConfig):
    """The wiring is an app only for the sake of its commands; it has no models."""

    name = "gifteconomy"
