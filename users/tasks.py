"""Celery nudges. The rows are the queue: every task may be lost or run twice."""

from celery import shared_task

from users.actions.notifying import forget_old_notifications, send_notification_mail
from users.actions.reports import send_report_mail
from users.selectors import notification_mails_to_send, report_mails_to_send


@shared_task
def send_report_mails() -> None:
    """Mail the staff on duty about what cannot wait."""
    for mail_id in report_mails_to_send():
        send_one_report_mail.delay(mail_id)


@shared_task
def send_one_report_mail(mail_id: int) -> None:
    send_report_mail(mail_id)


@shared_task
def send_notification_mails() -> None:
    """Send the mails that wait, and those that could not be sent before."""
    for pk in notification_mails_to_send():
        send_one_notification_mail.delay(pk)


@shared_task
def send_one_notification_mail(pk: int) -> None:
    send_notification_mail(pk)


@shared_task
def forget_notifications() -> None:
    forget_old_notifications()
