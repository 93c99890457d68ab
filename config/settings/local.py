"""A developer's machine, and the one-command product: no service needed, mail goes to the console."""

from config import env

env.read_file()

from .base import *  # noqa: E402
from .names import names_of_this_machine  # noqa: E402

DEBUG = env.flag("ACUDO_DEBUG")
SECRET_KEY = env.text("ACUDO_SECRET_KEY", "") or env.kept(VAR_DIR / "keys" / "secret", env.new_secret)
ACUDO_SECRET_KEYS = env.listing("ACUDO_SECRET_KEYS") or [env.kept(VAR_DIR / "keys" / "at-rest", env.new_secret)]
# One machine has several names for itself, and people type them all.
_names = names_of_this_machine(ACUDO_HOST)
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", (*_names, *ALLOWED_HOSTS))
ACUDO_SOCKET_ORIGINS = [*ACUDO_SOCKET_ORIGINS, *(f"http://{name}:{ACUDO_PORT}" for name in _names)]

# Mail servers on this very machine may be tried.
ACUDO_PRIVATE_HOSTS = env.listing("ACUDO_PRIVATE_HOSTS", ("localhost", "127.0.0.0/8", "::1"))

# Beside the demo one plays citizen on a page that stands in for Facebook.
ACUDO_GRAPH_PORT = env.number("GRAPH_PORT", ACUDO_PORT + 2 if env.flag("ACUDO_DEMO", default=True) else 0)
ACUDO_GRAPH_URL = f"http://127.0.0.1:{ACUDO_GRAPH_PORT}" if ACUDO_GRAPH_PORT else ""

WHITENOISE_USE_FINDERS = True
# A file that changes under a running product would else be sent with its old length, and the browser waits for ever.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_MAX_AGE = 0
