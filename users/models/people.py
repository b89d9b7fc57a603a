"""People. `User` is the project's own from the first migration on."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
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
    hide_on_boards = models.BooleanField(_("leave me off boards"), default=False)
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
