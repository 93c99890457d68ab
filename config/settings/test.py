"""Fast hashing, everything in memory or in a folder that disappears. Reads no `.env`."""

import atexit
import os
import shutil
import tempfile

os.environ["ACUDO_VAR_DIR"] = _folder = tempfile.mkdtemp(prefix="acudo-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from config import env  # noqa: E402

from .base import *  # noqa: E402

SECRET_KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
ACUDO_SECRET_KEYS = ["YWN1ZG8tdGVzdHMtb25seS1maXhlZC1rZXktMDEyMzQ="]
ACUDO_BASE_URL = "http://testserver"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "[::1]"]
ACUDO_TEST_SEED = True
ACUDO_PRIVATE_HOSTS = ["localhost", "127.0.0.0/8", "::1"]  # the servers that tests start

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = env.flag("ACUDO_TEST_AXES")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if IS_SQLITE:
    DATABASES["default"]["NAME"] = VAR_DIR / "acudo.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # Every async test has a loop of its own, and the thread of that loop ends without giving its connection back.
    DATABASES["default"]["OPTIONS"].pop("pool")
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] += f"-test-{os.getpid()}"
    CACHES["default"]["KEY_PREFIX"] += f"-test-{os.getpid()}"
CELERY_BROKER_URL = "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.02}
