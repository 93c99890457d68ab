"""What is true everywhere. Every value that differs between places comes through `config.env`."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from config import env, logs

BASE_DIR = env.BASE_DIR
VAR_DIR = Path(env.text("ACUDO_VAR_DIR", BASE_DIR / "var")).resolve()
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = False
# Where `manage.py up` listens. The second port shows the demo web site: to a browser that is another origin.
ACUDO_HOST = env.text("HOST", "127.0.0.1")
ACUDO_PORT = env.number("PORT", 8000)
ACUDO_DEMO_PORT = env.number("DEMO_PORT", ACUDO_PORT + 1)
ACUDO_BASE_URL = env.text("ACUDO_BASE_URL", f"http://localhost:{ACUDO_PORT}").rstrip("/")
_base = urlsplit(ACUDO_BASE_URL)
ACUDO_DEMO_URL = f"{_base.scheme}://{_base.hostname}:{ACUDO_DEMO_PORT}"
IS_HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", (_base.hostname or "localhost",))
CSRF_TRUSTED_ORIGINS: list[str] = []
# Origins that may open our sockets beside the base URL itself (S-47): "https://other.example.org".
ACUDO_SOCKET_ORIGINS = env.listing("ACUDO_SOCKET_ORIGINS")
# Addresses or networks of the proxy in front, "unix" when it comes over a unix socket. Nobody else's forwarded
# headers count (S-43).
ACUDO_TRUSTED_PROXY = env.listing("ACUDO_TRUSTED_PROXY")
# Whose pages citizens see: "slug", or "host=slug" for each host name. Default: the first body.
ACUDO_PORTAL_OFFICE = env.listing("ACUDO_PORTAL_OFFICE")
ACUDO_HEALTH_TOKEN = env.text("ACUDO_HEALTH_TOKEN", "")
ACUDO_TEST_SEED = env.flag("ACUDO_TEST_SEED")

# --- rooms -------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "config",
    "apps.core",
    "apps.activity",
    "apps.search",
    "apps.accounts",
    "apps.hours",
    "apps.people",
    "apps.notifications",
    "apps.catalogue",
    "apps.guard",
    "apps.tickets",
    "apps.surveys",
    "apps.omnichannel",
    "apps.omnichannel.email",
    "apps.omnichannel.webchat",
    "apps.omnichannel.calls",
    "apps.omnichannel.facebook",
    "apps.sla",
    "apps.kb",
    "apps.automation",
    "apps.bot",
    "apps.duty",
    "apps.reporting",
    "apps.inbox",
    "apps.portal",
    "apps.api",
    "apps.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.middleware.RequestIdMiddleware",
    "apps.core.middleware.StaticFilesMiddleware",
    "apps.core.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.core.middleware.SameOriginMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.ViewerMiddleware",
    "apps.accounts.middleware.OwnLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "apps.portal.middleware.RefusalPages",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "apps.omnichannel.context.silent_doors",
            ],
        },
    }
]

# --- rows, files, cache ------------------------------------------------------------------------------------------

DATABASES = {"default": env.database(f"sqlite:///{VAR_DIR / 'acudo.sqlite3'}")}
DATABASES["default"] |= {"CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False}
IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    # IMMEDIATE: a transaction that reads and then writes waits for its turn instead of failing at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;"
        f"PRAGMA synchronous={env.text('ACUDO_SQLITE_SYNCHRONOUS', 'NORMAL')};PRAGMA cache_size=-20000;",
    }
else:
    # Under ASGI every running request has a thread of its own; the pool keeps their connections few.
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 2, "max_size": env.number("ACUDO_DATABASE_POOL", 10), "timeout": 30},
        "connect_timeout": 5,
        # The hot rows' statements are prepared after so many times; 0 where a pooler in front cannot keep them.
        "prepare_threshold": env.number("ACUDO_DATABASE_PREPARE_AFTER", 3) or None,
    }

MEDIA_ROOT = VAR_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

REDIS_URL = env.text("REDIS_URL", "")
IS_EMBEDDED_BUS = not REDIS_URL
if REDIS_URL:
    # Redis names its pub/sub channels across all its databases, so the number goes into the prefix.
    _redis_prefix = f"acudo{urlsplit(REDIS_URL).path.strip('/') or 0}"
    CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "prefix": _redis_prefix,
                # Without `socket_timeout: None` a healthy but idle socket is dropped after five seconds.
                "hosts": [{"address": REDIS_URL, "socket_timeout": None, "socket_connect_timeout": 1}],
            },
        }
    }
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "apps.core.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "acudo",
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 1,
        "socket_timeout": 1.5,
        "max_retries": 0,  # of a publisher; the worker has its own patience
        "socket_keepalive": True,
        "visibility_timeout": 3600,
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "apps.core.layers.LocalChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "acudo",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
    CELERY_BROKER_URL = "memory://localhost/"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.02}

# --- background work ---------------------------------------------------------------------------------------------

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a nudge; the sweep comes anyway
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "acudo"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "config.celery:Scheduler"

# What `manage.py up` runs beside the web server, each with start() and stop().
EMBEDDED_SERVICES = [
    "config.embedded.Worker",
    "apps.omnichannel.email.listener.MailListener",
    "apps.omnichannel.email.fetcher.MailFetcher",
    "apps.demo.graph.service.FakeGraph",
]

# --- people, sessions, passwords ---------------------------------------------------------------------------------

WIRING = "config.wiring.LISTENERS"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

_cookie = "__Host-acudo_" if IS_HTTPS else "acudo_"
SESSION_COOKIE_NAME = f"{_cookie}session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86400
CSRF_COOKIE_NAME = f"{_cookie}csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = f"{_cookie}language"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.portal.views.errors.bad_token"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AXES_HANDLER = "apps.accounts.guessing.TwoLimits"
AXES_FAILURE_LIMIT = 5
ACUDO_SIGN_IN_TRIES_PER_ADDRESS = 20
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_USERNAME_CALLABLE = "apps.accounts.guessing.account"
AXES_LOCKOUT_CALLABLE = "apps.accounts.guessing.same_answer"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_IPWARE_META_PRECEDENCE_ORDER = ("REMOTE_ADDR",)
AXES_SENSITIVE_PARAMETERS = ["password"]

# --- pages -------------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", f"{'wss' if IS_HTTPS else 'ws'}://{_base.netloc}"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "frame-src": ["'self'"],
        "object-src": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# S-58. `config.doorman` refuses JSON and plain forms above one megabyte before they are read; what a mail provider
# posts to /hooks/ may be as large as the letter in it, in one field, which is why Django's own limit is the large one.
ACUDO_MAX_REQUEST_BYTES = 30 * 1024 * 1024
ACUDO_MAX_STRUCTURED_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = ACUDO_MAX_REQUEST_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
ACUDO_MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
ACUDO_MAX_FILES = 20
ACUDO_MAX_SOCKET_MESSAGE_BYTES = 64 * 1024

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.api.authentication.TokenAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.BoundedJSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "apps.api.pagination.KeyPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "apps.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Acudo",
    "VERSION": "1.0.0",
    "DESCRIPTION": "The same verbs and the same permissions as the screens.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.api.schema.add_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LanguageCode": "django.conf.settings.LANGUAGES",
        "TicketStatus": "apps.tickets.states.Status",
        "TicketType": "apps.tickets.states.Type",
        "TicketPriority": "apps.tickets.states.Priority",
        "MessageDirection": "apps.tickets.states.Direction",
        "DeliveryState": "apps.omnichannel.models.Delivery.State",
        "ClockState": "apps.sla.models.State",
        "TranslationState": "apps.kb.states.State",
        "PresenceState": "apps.hours.models.Presence.State",
    },
}

# --- words and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("it", _("Italian")), ("en", _("English")), ("pt", _("Portuguese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("ACUDO_TIME_ZONE", "America/Montevideo")

# --- mail out ----------------------------------------------------------------------------------------------------

vars().update(env.mail("consolemail://"))
if env.text("ACUDO_MAIL_BACKEND", ""):
    EMAIL_BACKEND = env.text("ACUDO_MAIL_BACKEND")
EMAIL_TIMEOUT = 20
ANYMAIL = env.mail_provider()
DEFAULT_FROM_EMAIL = env.text("ACUDO_MAIL_FROM", f"Acudo <no-reply@{_base.hostname or 'localhost'}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# The local SMTP/LMTP door.
ACUDO_SMTP_HOST = env.text("ACUDO_SMTP_HOST", "127.0.0.1")
ACUDO_SMTP_PORT = env.number("ACUDO_SMTP_PORT", 2525)

# Mailboxes that we fetch from: how long one dialogue with a server may last, and how often those are asked that
# cannot tell us by themselves when something has come.
ACUDO_MAIL_FETCH_SECONDS = env.number("ACUDO_MAIL_FETCH_SECONDS", 120)
ACUDO_MAIL_POLL_SECONDS = env.number("ACUDO_MAIL_POLL_SECONDS", 30)
# Servers in private networks that may be named in a mailbox's settings: names or networks (S-52).
ACUDO_PRIVATE_HOSTS = env.listing("ACUDO_PRIVATE_HOSTS")
# A mailbox writes to itself every so many minutes, and is silent when that mail is not back within so many.
ACUDO_CANARY_MINUTES = env.number("ACUDO_CANARY_MINUTES", 60)
ACUDO_CANARY_LIMIT_MINUTES = env.number("ACUDO_CANARY_LIMIT_MINUTES", 15)
# A mailbox that is fetched is silent when its server was not reached for so many.
ACUDO_UNREACHED_MINUTES = env.number("ACUDO_UNREACHED_MINUTES", 5)

# Meta's Graph: where it is and which version of it we speak; a page's own settings may say otherwise.
META_GRAPH_BASE_URL = env.text("META_GRAPH_BASE_URL", "https://graph.facebook.com")
META_GRAPH_VERSION = env.text("META_GRAPH_VERSION", "v26.0")
# Every so many minutes a page is asked how it stands, and what no webhook told.
META_CHECK_MINUTES = env.number("META_CHECK_MINUTES", 15)
# The stand-in for it that `manage.py up` runs beside the demo; 0: none.
ACUDO_GRAPH_PORT = env.number("GRAPH_PORT", 0)
ACUDO_GRAPH_URL = f"http://127.0.0.1:{ACUDO_GRAPH_PORT}" if ACUDO_GRAPH_PORT else ""

LOGGING_CONFIG = None
# Who writes again within these days after "solved" reopens the ticket; later opens a new one linked to it.
ACUDO_REOPEN_DAYS = env.number("ACUDO_REOPEN_DAYS", 30)
# Chats that one address may begin in an hour, and sockets it may hold before it has written (S-49, S-57). A library's
# own public computers share one address: those who have written are not counted.
ACUDO_CHATS_AN_HOUR = env.number("ACUDO_CHATS_AN_HOUR", 60)
# The tag that a matter written outside hours gets once its answer has left by mail; empty: none is set.
ACUDO_ANSWERED_TAG = env.text("ACUDO_ANSWERED_TAG", "answered")
ACUDO_CHAT_SOCKETS_PER_ADDRESS = env.number("ACUDO_CHAT_SOCKETS_PER_ADDRESS", 20)
# Ceilings on what the desk says by itself, each an hour: to one address we know, to one we do not, by one body.
ACUDO_AUTOMATIC_PER_ADDRESS = env.number("ACUDO_AUTOMATIC_PER_ADDRESS", 3)
ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED = env.number("ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED", 1)
ACUDO_AUTOMATIC_PER_HOUR = env.number("ACUDO_AUTOMATIC_PER_HOUR", 300)

logs.configure(level=env.text("ACUDO_LOG_LEVEL", "INFO"), as_json=env.text("ACUDO_LOG_FORMAT", "text") == "json")
