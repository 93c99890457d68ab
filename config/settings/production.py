"""A real deployment: every value from the environment, and a clear sentence when one is missing (S-63)."""

from config import env

env.read_file()

from .base import *  # noqa: E402
from .refusals import refuse_what_is_unsafe  # noqa: E402

refuse_what_is_unsafe()

DEBUG = False
SECRET_KEY = env.secret("ACUDO_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listing("ACUDO_OLD_SECRET_KEYS")
ACUDO_SECRET_KEYS = env.secret_list("ACUDO_SECRET_KEYS")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.number("ACUDO_HSTS_SECONDS", 365 * 86400)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

STORAGES["staticfiles"]["BACKEND"] = "config.storage.HashedStaticFiles"
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
