"""A wallet is opened in the transaction that makes its user."""

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from wallets.actions.accounts import open_wallet


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def open_wallet_of_new_user(sender, instance, created, raw, **kwargs) -> None:
    if created and not raw:
        open_wallet(user_id=instance.pk)
