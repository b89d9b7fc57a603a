"""What this app's refusals offer to do next."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users.refusals import offer

offer("not_creator", _("Become a creator"), lambda d: reverse("become_creator"))
offer("email_unconfirmed", _("Confirm your e-mail"), lambda d: reverse("account_email"))
offer("not_accepted", _("Read them"), lambda d: reverse("become_creator"))
offer("already_live", _("To your stream"), lambda d: reverse("dashboard"))
offer("no_payout_method", _("Enter payout details"), lambda d: reverse("payout_method"))
offer("payout_method_waits", _("See your payout details"), lambda d: reverse("payout_method"))
offer("sum_changed", _("Look again"), lambda d: reverse("withdraw"))
offer("followers_only", _("Follow"), lambda d: reverse("person", args=[d["handle"]]))
