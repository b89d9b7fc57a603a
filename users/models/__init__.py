from users.models.blocks import Block
from users.models.filtering import FilterWord
from users.models.limits import OwnLimit
from users.models.notifications import Notification, NotificationChoice
from users.models.pauses import OwnPause
from users.models.people import FormerHandle, User, UserManager
from users.models.reports import Report, ReportMail
from users.models.staff import Approval, AuditEntry

__all__ = [
    "Approval",
    "AuditEntry",
    "Block",
    "FilterWord",
    "FormerHandle",
    "Notification",
    "NotificationChoice",
    "OwnLimit",
    "OwnPause",
    "Report",
    "ReportMail",
    "User",
    "UserManager",
]
