"""Read and check environment values; fail loudly at start.

Every variable the product knows is read through one of these words, so that
`.env.example` can be checked against this list of calls.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR: Final = Path(__file__).resolve().parent.parent
SHORTEST_SECRET: Final = 50
EXAMPLE_WORDS: Final = ("insecure", "changeme", "change-me", "secret-key")

_env = environ.Env()
_NO_DEFAULT: Final = object()


def read_file() -> None:
    """Take values from `.env`; what the environment already says wins."""
    path = Path(os.environ.get("ACUDO_ENV_FILE", BASE_DIR / ".env"))
    if path.is_file():
        environ.Env.read_env(path)


def text(name: str, default: object = _NO_DEFAULT) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is _NO_DEFAULT:
        raise ImproperlyConfigured(f"The environment variable {name} is missing or empty.")
    return str(default)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: object = _NO_DEFAULT) -> int:
    value = text(name, default)
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def listing(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Values separated by commas."""
    values = [part.strip() for part in os.environ.get(name, "").split(",")]
    return [part for part in values if part] or list(default)


def secret(name: str, default: object = _NO_DEFAULT) -> str:
    """A key that must be long and must not be one of the words people leave in examples."""
    return _checked(name, text(name, default))


def secret_list(name: str) -> list[str]:
    """Keys for what rests encrypted, the newest first; old ones stay behind it until everything is rewritten."""
    keys = listing(name)
    if not keys:
        raise ImproperlyConfigured(f"The environment variable {name} is missing: one or more long keys, newest first.")
    return [_checked(name, key) for key in keys]


def database(default: str) -> dict:
    """DATABASE_URL as Django writes it."""
    return _env.db_url("DATABASE_URL", default=default)


def mail(default: str) -> dict:
    """EMAIL_URL as Django's EMAIL_* settings."""
    return _env.email_url("EMAIL_URL", default=default)


def mail_provider() -> dict[str, str]:
    """ANYMAIL_MAILGUN_API_KEY=… becomes {"MAILGUN_API_KEY": …}."""
    return {name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")}


def new_secret() -> str:
    return secrets.token_urlsafe(48)


def kept(path: Path, make: Callable[[], str]) -> str:
    """A secret made once on this machine and readable by its owner only. Two processes starting together agree."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _checked(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{name} is too short: at least {SHORTEST_SECRET} characters.")
    if len(set(value)) < 5 or any(word in value.lower() for word in EXAMPLE_WORDS):
        raise ImproperlyConfigured(f"{name} still has its example value: make a new one.")
    return value
