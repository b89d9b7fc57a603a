"""The only row locks of this app: a gift of the catalogue, alone, by staff who change it."""

from gifts.models import Gift


def lock_gift(gift_id: int) -> Gift:
    return Gift.objects.select_for_update(no_key=True).get(pk=gift_id)
