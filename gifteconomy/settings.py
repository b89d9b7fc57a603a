"""Every setting in one place; `.env.example` lists each environment variable with its meaning."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF

from gifteconomy import env
from gifteconomy.guard.settings import DEVELOPMENT_KEY, check_settings

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / env.text("ENV_FILE", ".env"))

# --- Mode -------------------------------------------------------------------------------------
# Development is chosen by name, so that a forgotten variable means production.
PRODUCTION = not env.flag("DEVELOPMENT", default=False)
DEMO = env.flag("DEMO", default=False)
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "" if PRODUCTION else DEVELOPMENT_KEY)
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")
SITE_NAME = env.text("SITE_NAME", "Gift economy")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# --- Parts ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "pgtrigger",
    "users",
    "wallets",
    "creators",
    "gifts",
    "promotions",
    "gifteconomy",
    "gifteconomy.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "users.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "gifteconomy.urls"
ASGI_APPLICATION = "gifteconomy.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Dotted paths of `async def hook()`, awaited before the server stops, in this order.
SERVE_DRAIN_HOOKS = ["gifts.rooms.process.drain"]
SERVE_DRAIN_SECONDS = env.integer("SERVE_DRAIN_SECONDS", 15)
# The largest message of a socket, both ways: Daphne's limit holds for what is sent as well, and a
# snapshot is larger than anything that a client may say (4 KiB, see gifts/messages.py).
SOCKET_MESSAGE_BYTES = env.integer("SOCKET_MESSAGE_BYTES", 1_048_576, minimum=65_536)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "users.context.bell",
                "wallets.context.purse",
            ],
        },
    },
]

# --- Database and Valkey ----------------------------------------------------------------------
# The app's role does not own the tables; `migrate` runs with the owner's URL in DATABASE_URL.
DATABASES = {
    "default": environ.Env.db_url_config(env.text("DATABASE_URL", "postgresql:///gifteconomy"))
}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# Statements of money's transactions are prepared from the first time on (`wallets.statements`).
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 0)
DATABASE_APP_ROLE = env.text("DATABASE_APP_ROLE")
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Celery -----------------------------------------------------------------------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict] = {
    "recharges": {"task": "wallets.tasks.sweep_recharges", "schedule": 15},
    "close": {"task": "wallets.tasks.close_ledger_day", "schedule": crontab(minute="*/10")},
    "check": {"task": "wallets.tasks.check_ledger", "schedule": crontab(hour=3, minute=20)},
    "urgent reports": {"task": "users.tasks.send_report_mails", "schedule": 5},
    "notices": {"task": "users.tasks.send_notification_mails", "schedule": 10},
    "old notices": {"task": "users.tasks.forget_notifications", "schedule": crontab(hour=4)},
}

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# E-mail is unique without regard to case, by a constraint that the check does not look for.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "users.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "users.forms.SignUpFields"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# The first sign-in through somebody else asks for handle and date of birth as any sign-up does.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_PROVIDERS: dict[str, dict] = {}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Passkeys need https; on a machine of one's own, http://localhost will do.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = SITE_NAME
# One step of 30 s to either side, for phones whose clock is off.
MFA_TOTP_TOLERANCE = 1
AGE_ACCOUNT = env.integer("AGE_ACCOUNT", 18)
AGE_MONEY = env.integer("AGE_MONEY", 18)
# The version of templates/users/terms.html; who signs up accepts this one.
TERMS_VERSION = "2026-11-22"
HANDLE_CHANGE_DAYS = env.integer("HANDLE_CHANGE_DAYS", 30)
# For how long nobody else may take a handle that was given up.
HANDLE_KEPT_DAYS = env.integer("HANDLE_KEPT_DAYS", 90)
# A class with `status(user)`, asked before money moves: see users/age.py.
AGE_CHECK = env.text("AGE_CHECK", "users.age.TrustDateOfBirth")
# Staff actions need a session that was opened with a second factor.
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", default=PRODUCTION)

# --- Money ------------------------------------------------------------------------------------
BASE_CURRENCY = env.text("BASE_CURRENCY", "USD")
# Millionths of the base currency: 10,000 is one cent.
COIN_PRICE_MILLIONTHS = env.integer("COIN_PRICE_MILLIONTHS", 10_000, minimum=1)
DIAMOND_VALUE_MILLIONTHS = env.integer("DIAMOND_VALUE_MILLIONTHS", 7_000, minimum=1)
CONFIRM_FROM_COINS = env.integer("CONFIRM_FROM_COINS", 500)
UNDO_SECONDS = env.integer("UNDO_SECONDS", 10)
UNDO_SECONDS_LONGEST = env.integer("UNDO_SECONDS_LONGEST", 60)
UNDO_PER_DAY = env.integer("UNDO_PER_DAY", 5)
CLEARING_DAYS = {
    "card": env.integer("CLEARING_DAYS_CARD", 7),
    "bank": env.integer("CLEARING_DAYS_BANK", 2),
    "offline": env.integer("CLEARING_DAYS_OFFLINE", 0 if DEMO else 7),
    "grant": 0,
}
CLEARING_STEP_SECONDS = env.integer("CLEARING_STEP_SECONDS", 1 if DEMO else 3600, minimum=1)
RESERVE_BASIS_POINTS = env.integer("RESERVE_BASIS_POINTS", 200)
# A new rate card starts at the earliest so many days after it is announced.
RATE_NOTICE_DAYS = env.integer("RATE_NOTICE_DAYS", 30)
# Whose tax a price shows to somebody who has not said where they live.
DEFAULT_COUNTRY = env.text("DEFAULT_COUNTRY", "US")
RECHARGE_MAX_COINS_ORDER = env.integer("RECHARGE_MAX_COINS_ORDER", 50_000, minimum=1)
RECHARGE_MAX_COINS_DAY = env.integer("RECHARGE_MAX_COINS_DAY", 100_000, minimum=1)
# So many days the provider is asked about an order that nobody paid.
RECHARGE_LATE_DAYS = env.integer("RECHARGE_LATE_DAYS", 7)
PAYMENT_METHODS = env.words("PAYMENT_METHODS", "offline")
# Payments of the method `offline` count when staff have seen the money; else the payer's word does.
OFFLINE_CONFIRMED_BY_STAFF = env.flag("OFFLINE_CONFIRMED_BY_STAFF", default=PRODUCTION)
# What a payment is expected to cost: hundredths of a percent, and millionths of the base currency.
PAYMENT_FEES = {
    "offline": (
        env.integer("FEE_OFFLINE_BASIS_POINTS", 0),
        env.integer("FEE_OFFLINE_FIXED_MILLIONTHS", 0),
    ),
    "card": (
        env.integer("FEE_CARD_BASIS_POINTS", 290),
        env.integer("FEE_CARD_FIXED_MILLIONTHS", 300_000),
    ),
    "paypal": (
        env.integer("FEE_PAYPAL_BASIS_POINTS", 349),
        env.integer("FEE_PAYPAL_FIXED_MILLIONTHS", 490_000),
    ),
    "bank": (
        env.integer("FEE_BANK_BASIS_POINTS", 0),
        env.integer("FEE_BANK_FIXED_MILLIONTHS", 0),
    ),
}
# The smallest payment of a method, in millionths of the base currency.
SMALLEST_PAYMENT_MILLIONTHS = {
    "offline": env.integer("SMALLEST_PAYMENT_OFFLINE_MILLIONTHS", 100_000),
    "card": env.integer("SMALLEST_PAYMENT_CARD_MILLIONTHS", 5_000_000),
    "paypal": env.integer("SMALLEST_PAYMENT_PAYPAL_MILLIONTHS", 5_000_000),
    "bank": env.integer("SMALLEST_PAYMENT_BANK_MILLIONTHS", 5_000_000),
}
STAFF_GRANT_DAILY_COINS = env.integer("STAFF_GRANT_DAILY_COINS", 50_000)
STAFF_GRANT_TWO_PEOPLE_COINS = env.integer("STAFF_GRANT_TWO_PEOPLE_COINS", 5_000)
# Minor units of BASE_CURRENCY. Every write-off and every other currency needs two people.
STAFF_CASH_TWO_PEOPLE_MINOR = env.integer("STAFF_CASH_TWO_PEOPLE_MINOR", 50_000)

# --- Creators and payouts -----------------------------------------------------------------------
# Who becomes a creator: everybody who may (auto), or whom staff approve (staff).
CREATOR_APPROVAL = env.choice("CREATOR_APPROVAL", "auto", ("auto", "staff"))
# What creators accepted; a new version is asked of new creators.
CREATOR_RULES_VERSION = env.text("CREATOR_RULES_VERSION", "1")
CLEARING_SWEEP_SECONDS = env.integer("CLEARING_SWEEP_SECONDS", 5 if DEMO else 60, minimum=1)
# Minor units of BASE_CURRENCY.
WITHDRAWAL_MINIMUM_MINOR = env.integer("WITHDRAWAL_MINIMUM_MINOR", 1_000, minimum=1)
WITHDRAWAL_MAXIMUM_DAY_MINOR = env.integer("WITHDRAWAL_MAXIMUM_DAY_MINOR", 100_000, minimum=1)
WITHDRAWAL_FEE_MINOR = env.integer("WITHDRAWAL_FEE_MINOR", 0)
# Above these, one or two members of staff look at a withdrawal before it is paid.
WITHDRAWAL_REVIEW_MINOR = env.integer("WITHDRAWAL_REVIEW_MINOR", 0 if DEMO else 50_000)
WITHDRAWAL_TWO_PEOPLE_MINOR = env.integer("WITHDRAWAL_TWO_PEOPLE_MINOR", 75_000)
PAYOUT_DETAILS_DELAY_HOURS = env.integer("PAYOUT_DETAILS_DELAY_HOURS", 0 if DEMO else 48)
PAYOUT_BATCH_SECONDS = env.integer("PAYOUT_BATCH_SECONDS", 10 if DEMO else 3_600, minimum=1)
PAYOUT_BATCH_ITEMS = env.integer("PAYOUT_BATCH_ITEMS", 500, minimum=1)
# Batches go on without staff.
PAYOUT_AUTO_APPROVE = env.flag("PAYOUT_AUTO_APPROVE", default=DEMO)
# For trying things out: what staff would pay by hand counts as paid at once.
MANUAL_RAIL_PAYS_ITSELF = env.flag("MANUAL_RAIL_PAYS_ITSELF", default=DEMO)
CELERY_BEAT_SCHEDULE |= {
    "clearing": {"task": "creators.tasks.sweep_clearings", "schedule": CLEARING_SWEEP_SECONDS},
    "payouts": {"task": "creators.tasks.run_payouts", "schedule": PAYOUT_BATCH_SECONDS},
    "creators' mails": {"task": "creators.tasks.send_mails", "schedule": 15},
    "new series": {"task": "creators.tasks.open_new_series", "schedule": 600},
}

# --- Live video ---------------------------------------------------------------------------------
# The media server that encoders send to and viewers' players fetch from; none: rooms have no video.
LIVE_VIDEO = env.choice("LIVE_VIDEO", "none", ("none", "nginx-rtmp", "mediamtx"))
# What creators enter as their encoder's server, and where playlists are fetched below.
LIVE_INGEST_URL = env.text("LIVE_INGEST_URL", "rtmp://127.0.0.1/live")
LIVE_PLAYBACK_URL = env.text("LIVE_PLAYBACK_URL", "/hls")
# Part of the address that the media server asks: who does not know it is not answered.
LIVE_HOOK_SECRET = env.text("LIVE_HOOK_SECRET")
# Where the media server asks from, addresses or networks; empty means anywhere.
LIVE_HOOK_ADDRESSES = env.words("LIVE_HOOK_ADDRESSES")
# So long a stream waits for its picture to come back, and so long for a word of the media server.
LIVE_RETURN_SECONDS = env.integer("LIVE_RETURN_SECONDS", 120, minimum=1)
LIVE_SILENT_SECONDS = env.integer("LIVE_SILENT_SECONDS", 30, minimum=10)
if LIVE_VIDEO != "none":
    CELERY_BEAT_SCHEDULE |= {"video": {"task": "creators.tasks.watch_video", "schedule": 5}}

# --- Gifts and rooms --------------------------------------------------------------------------
# The same gift from the same person within so many seconds counts on.
STREAK_IDLE_SECONDS = env.integer("STREAK_IDLE_SECONDS", 3, minimum=1)
# The most coins a person can spend in a day, on gifts and campaigns; 0 is no such limit.
SPEND_COINS_PER_DAY = env.integer("SPEND_COINS_PER_DAY", 0)
# The largest batch of the gift desk, and how many gifts may wait for it.
DESK_BATCH = env.integer("DESK_BATCH", 256, minimum=1)
DESK_WAITING = env.integer("DESK_WAITING", 4096, minimum=1)
TICKET_SECONDS = env.integer("TICKET_SECONDS", 120, minimum=1)
SOCKETS_PER_USER = env.integer("SOCKETS_PER_USER", 10, minimum=1)
SOCKETS_PER_ADDRESS = env.integer("SOCKETS_PER_ADDRESS", 500, minimum=1)
SOCKETS_PER_PROCESS = env.integer("SOCKETS_PER_PROCESS", 15_000, minimum=1)
SOCKET_MESSAGES_PER_SECOND = env.integer("SOCKET_MESSAGES_PER_SECOND", 20, minimum=1)
# Rooms write to Daphne's sockets themselves, where these are as expected (gifts/rooms/direct.py).
DIRECT_WRITES = env.flag("DIRECT_WRITES", default=True)
CHAT_LINES_PER_MINUTE = env.integer("CHAT_LINES_PER_MINUTE", 30, minimum=1)
# What was said can be looked up, hidden and reported for so many days.
CHAT_KEPT_DAYS = env.integer("CHAT_KEPT_DAYS", 30, minimum=1)
# What an overlay missed for longer than this it does not show any more.
OVERLAY_REPLAY_SECONDS = env.integer("OVERLAY_REPLAY_SECONDS", 600, minimum=10)
CELERY_BEAT_SCHEDULE |= {
    "counted": {"task": "gifts.tasks.count_gifts", "schedule": 5},
    "sums": {"task": "gifts.tasks.sum_gifts", "schedule": 5},
    "met goals": {"task": "gifts.tasks.tell_of_met_goals", "schedule": 10},
    "old lines": {"task": "gifts.tasks.forget_old_lines", "schedule": crontab(hour=4, minute=40)},
    "alerts": {"task": "gifts.tasks.forget_alerts", "schedule": 3_600},
}

# --- Pages ------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Forms are drawn by templates/django/forms/, wherever a page writes {{ form }}.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / ".local" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "gifteconomy.finders.NpmFinder",
]
# What pages take from npm packages, by the path that it is served under.
NPM_FILES = {
    f"npm/{name}": f"hls.js/dist/{name}"
    for file in ("hls.light.min.mjs", "hls.worker.js")
    for name in (file, f"{file}.map")
}
MEDIA_URL = "/media/"
MEDIA_ROOT = env.text("MEDIA_ROOT", str(BASE_DIR / ".local" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# In development files are looked up when asked for: no start lists them, and edits show at once.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Mail -------------------------------------------------------------------------------------
vars().update(environ.Env.email_url_config(env.text("EMAIL_URL") or "consolemail://"))
if DEMO and not env.text("EMAIL_URL"):
    EMAIL_BACKEND = "gifteconomy.demo.mailbox.DemoMailbox"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "gifts@localhost")

# --- Security ---------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
# The media server asks from beside us, and takes a redirect for a yes.
SECURE_REDIRECT_EXEMPT = [r"^live-hooks/"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default=False) else None
)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Log --------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        # Django's own handlers stay silent without DEBUG; everything goes to the console.
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        "django.server": {"handlers": [], "level": "NOTSET", "propagate": True},
    },
}

if PRODUCTION:
    check_settings(globals())
