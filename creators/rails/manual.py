"""Staff pay by hand, at their bank, and enter each payment's reference in admin."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from creators.rails.base import FrozenBatch, Report


class ManualRail:
    """Handing over means that the batch stands in admin for staff to pay.

    With MANUAL_RAIL_PAYS_ITSELF, which production refuses, every item counts as paid at once.
    """

    name = "manual"
    label: str | Promise = _("paid by our staff")

    def send(self, batch: FrozenBatch) -> None:
        """Nothing leaves this machine: the rows are what staff work from."""

    def ask(self, batch: FrozenBatch) -> Sequence[Report]:
        if not settings.MANUAL_RAIL_PAYS_ITSELF:
            return []
        return [
            Report(item_id=item.id, state="paid", reference=f"MANUAL-{item.id:06}")
            for item in batch.items
        ]
