"""People, what they asked not to meet, and what staff did.

`User` is the project's own from the first migration on. `AuditEntry` is written once and never
changed, by trigger; `Approval` is a staff action that waits for a second person.
"""

from typing import Any

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from users.names import LONGEST, SHORTEST, SkeletonField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.alias(lower=Lower("email")).get(lower=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """An account of a person: viewer, creator or staff."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    handle = models.CharField(_("handle"), max_length=LONGEST)
    handle_skeleton = SkeletonField(max_length=LONGEST, editable=False, unique=True)
    handle_changed_at = models.DateTimeField(null=True, editable=False)
    display_name = models.CharField(_("name"), max_length=50, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    picture = models.ImageField(_("picture"), upload_to="pictures/", blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    terms_version = models.CharField(_("terms accepted"), max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, editable=False)

    calm_mode = models.BooleanField(_("calm mode"), default=False)
    sound = models.BooleanField(_("sound"), default=False)
    hide_amounts = models.BooleanField(_("hide my amounts"), default=False)
    # Empty means the site's own price and window.
    confirm_above_coins = models.PositiveIntegerField(_("confirm above"), null=True, blank=True)
    undo_seconds = models.PositiveSmallIntegerField(_("undo window"), null=True, blank=True)

    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    # Part of what every session is signed with: one more, and all of them have ended.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["handle"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(Lower("handle"), name="user_handle_once"),
            models.CheckConstraint(
                condition=models.Q(handle__regex=rf"^[A-Za-z0-9_]{{{SHORTEST},{LONGEST}}}$"),
                name="user_handle_format",
            ),
            models.CheckConstraint(
                condition=models.Q(country="") | models.Q(country__regex="^[A-Z]{2}$"),
                name="user_country_code",
            ),
        ]
        permissions = [
            ("change_date_of_birth", _("Can change a date of birth")),
            ("deactivate_user", _("Can deactivate and reactivate people")),
            ("sign_out_user", _("Can sign people out everywhere")),
            ("change_staff_rights", _("Can change who is staff")),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    @property
    def name(self) -> str:
        """What other people see."""
        return self.display_name or self.handle

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        signed = f"{self.password}:{self.session_epoch}"
        return salted_hmac(
            "users.User.session", signed, secret=secret, algorithm="sha256"
        ).hexdigest()


class FormerHandle(models.Model):
    """A handle that its owner gave up and that nobody else may take yet."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_handles")
    handle = models.CharField(max_length=LONGEST)
    handle_skeleton = SkeletonField(max_length=LONGEST, editable=False)
    kept_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["handle_skeleton", "kept_until"])]

    def __str__(self) -> str:
        return f"@{self.handle}"


class Block(models.Model):
    """One person does not want to meet another: no gifts, comments or visits in their rooms."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks_made")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocks_met")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(
                condition=~models.Q(blocker=models.F("blocked")), name="block_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class AuditEntry(models.Model):
    """What a staff member did to what, why, and what it changed. Never changed itself."""

    append_only = True

    created = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    # Empty when a command or the system itself acted.
    staff = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="audit_entries", verbose_name=_("who")
    )
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="audit_approvals", verbose_name=_("approved")
    )
    kind = models.CharField(_("what"), max_length=80)
    target_type = models.CharField(_("to what"), max_length=80)
    target_id = models.CharField(_("number"), max_length=64, blank=True)
    reason = models.TextField(_("why"))
    asked = models.JSONField(_("asked"), default=dict, encoder=DjangoJSONEncoder)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"])]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="audit_says_why"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("staff")),
                name="audit_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_type} {self.target_id}".strip()


class Approval(models.Model):
    """A staff action above its limit: asked for by one person, decided once by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    created = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="approvals_requested", verbose_name=_("asked by")
    )
    kind = models.CharField(_("what"), max_length=80)
    target_type = models.CharField(_("to what"), max_length=80)
    target_id = models.CharField(_("number"), max_length=64, blank=True)
    reason = models.TextField(_("why"))
    # The form as it was sent, so that the same form reads it again when it is approved.
    payload = models.JSONField(_("asked"), default=dict)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="approvals_decided",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "created"])]
        permissions = [("decide_approval", _("Can approve or decline what waits"))]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="approval_says_why"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="approval_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_by=None, decided_at=None)
                | models.Q(
                    state__in=["approved", "declined"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="approval_decided_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["approved", "declined"]),
            ),
            # What was asked for is what is approved.
            pgtrigger.Protect(
                name="asked_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "requested_by", "kind", "target_type", "target_id", "reason", "payload", "key"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_type} {self.target_id}".strip()


class OwnLimit(models.Model):
    """The most that a person lets the own account spend (coins) or recharge (money), per period.

    `most` is coins, or minor units of the site's currency. Lower is at once; `raised_to` (empty: no
    limit any more) waits since `raise_asked` for the person's second yes.
    """

    class Asset(models.TextChoices):
        COINS = "coins", _("coins spent")
        MONEY = "money", _("money recharged")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="own_limits")
    asset = models.CharField(max_length=5, choices=Asset.choices)
    period = models.CharField(max_length=5, choices=Period.choices)
    most = models.BigIntegerField()
    raised_to = models.BigIntegerField(null=True)
    raise_asked = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("own limit")
        verbose_name_plural = _("own limits")
        constraints = [
            models.UniqueConstraint(fields=["user", "asset", "period"], name="own_limit_once"),
            models.CheckConstraint(condition=Q(most__gte=0), name="own_limit_not_negative"),
            models.CheckConstraint(
                condition=Q(raised_to__isnull=True)
                | Q(raised_to__gt=models.F("most"), raise_asked__isnull=False),
                name="own_limit_raise_is_higher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} {self.asset} {self.period}"


class FilterWord(models.Model):
    """A word or phrase that is not allowed: everywhere (the operator's) or in one creator's places.

    Rows stay when they are taken out, so that the list has a history. `language` is the language
    whose texts it counts in; empty means every one.
    """

    owner = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="filter_words",
        verbose_name=_("creator"),
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    word = models.CharField(_("word or phrase"), max_length=50)
    # As the filter reads it; two spellings of one word are one row.
    folded = models.CharField(max_length=100, editable=False)
    added = models.DateTimeField(_("added"), db_default=Now(), editable=False)
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by")
    )
    removed = models.DateTimeField(_("taken out"), null=True)
    removed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("taken out by")
    )

    class Meta:
        verbose_name = _("word that is not allowed")
        verbose_name_plural = _("words that are not allowed")
        ordering = ["-id"]
        permissions = [("change_filter_list", _("Can change the words that are not allowed"))]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "language", "folded"],
                condition=Q(removed=None),
                nulls_distinct=False,
                name="filter_word_once",
            ),
            models.CheckConstraint(condition=~Q(folded=""), name="filter_word_not_empty"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="taken_out_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__removed__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.word
