"""Celery nudges. The rows are the queue: every task may be lost or run twice."""

from celery import shared_task

from users.actions.reports import send_report_mail
from users.selectors import report_mails_to_send


@shared_task
def send_report_mails() -> None:
    """Mail the staff on duty about what cannot wait."""
    for mail_id in report_mails_to_send():
        send_one_report_mail.delay(mail_id)


@shared_task
def send_one_report_mail(mail_id: int) -> None:
    send_report_mail(mail_id)
