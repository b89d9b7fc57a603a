"""Words that are not allowed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from users.models.people import User


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
