"""The offline provider's payment page. It belongs to the payer and stands for another company."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wallets.errors import AlreadyResolved
from wallets.models import OfflinePayment, Recharge
from wallets.money import Money
from wallets.providers import offline
from wallets.tasks import hint, settle_recharge


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def offline_payment(request: HttpRequest, token: str) -> HttpResponse:
    """Pay, be declined, or leave; where staff confirm payments, see the reference and leave."""
    payment = offline.payment_of_page(token, payer_id=request.user.pk or 0)
    if payment is None:
        raise Http404
    if request.method == "POST":
        _obey(payment, request.POST.get("do", ""))
        return redirect(payment.return_path)
    context = {
        "payment": payment,
        "price": Money(payment.amount, payment.currency),
        "by_staff": settings.OFFLINE_CONFIRMED_BY_STAFF,
        "open": payment.state in (OfflinePayment.State.WAITING, OfflinePayment.State.LEFT),
        "order": Recharge.objects.get(public_id=payment.key),
    }
    return render(request, "wallets/offline_payment.html", context)


def _obey(payment: OfflinePayment, wish: str) -> None:
    """A page that was sent before changes nothing more."""
    payers_word_counts = not settings.OFFLINE_CONFIRMED_BY_STAFF
    try:
        if wish == "pay" and payers_word_counts:
            offline.receive(payment, Money(payment.amount, payment.currency))
        elif wish == "decline" and payers_word_counts:
            offline.decline(payment)
        elif wish == "leave":
            offline.leave(payment)
        else:
            return
    except AlreadyResolved:
        return
    # As a payment company does: it calls, whether the payer comes back or not.
    hint(settle_recharge, Recharge.objects.values_list("pk", flat=True).get(public_id=payment.key))
