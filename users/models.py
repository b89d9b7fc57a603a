"""People. The user model is the project's own from the first migration on."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """An account of a person: viewer, creator or staff."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    handle = models.CharField(_("handle"), max_length=30)
    display_name = models.CharField(_("name"), max_length=50, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    picture = models.ImageField(_("picture"), upload_to="pictures/", blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)

    calm_mode = models.BooleanField(_("calm mode"), default=False)
    sound = models.BooleanField(_("sound"), default=False)
    hide_amounts = models.BooleanField(_("hide my amounts"), default=False)
    confirm_above_coins = models.PositiveIntegerField(_("confirm above"), null=True, blank=True)
    undo_seconds = models.PositiveSmallIntegerField(_("undo window"), null=True, blank=True)

    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(Lower("handle"), name="user_handle_once"),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    @property
    def name(self) -> str:
        """What other people see."""
        return self.display_name or self.handle
