"""What this app does when somebody signs out."""

from functools import partial

from django.contrib.auth.signals import user_logged_out
from django.db import transaction

from users import bells
from users.events import when_sessions_end
from users.models import User


def close_pages_of_who_signed_out(sender: object, user: User | None, **kwargs: object) -> None:
    if user is not None:
        bells.close_pages_of(user.pk)


def close_pages(person_id: int) -> None:
    transaction.on_commit(partial(bells.close_pages_of, person_id), robust=True)


user_logged_out.connect(close_pages_of_who_signed_out)
when_sessions_end(close_pages)
