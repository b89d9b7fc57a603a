"""The Celery app. Messages are only hints: the rows are the queue, and every task may run twice."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gifteconomy.settings")

app = Celery("gifteconomy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
