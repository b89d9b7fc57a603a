"""The receipt goes to the buyer by mail."""

from django.utils import timezone

from users.mails import send_mail_page
from wallets.models import Recharge
from wallets.selectors.recharges import receipt_of


def mail_receipt(recharge_id: int) -> None:
    """Send a receipt that was not sent yet.

    It is noted as sent after the mail server took it: a receipt that comes twice is better than
    one that never comes.
    """
    recharge = Recharge.objects.select_related("buyer").get(pk=recharge_id)
    receipt = receipt_of(recharge)
    if receipt is None or recharge.receipt_mailed:
        return
    send_mail_page(
        "receipt", to=recharge.buyer.email, context={"receipt": receipt, "recharge": recharge}
    )
    Recharge.objects.filter(pk=recharge_id, receipt_mailed=None).update(
        receipt_mailed=timezone.now()
    )
