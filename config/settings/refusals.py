from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env


def refuse_what_is_unsafe() -> None:
    """Say everything that is wrong at once; short and default keys are refused where they are read."""
    wrong = [sentence for is_wrong, sentence in _rules() if is_wrong]
    if wrong:
        raise ImproperlyConfigured("Acudo will not start in production:\n  " + "\n  ".join(wrong))


def _rules() -> list[tuple[bool, str]]:
    base_url = env.text("ACUDO_BASE_URL", "")
    hosts = env.listing("ALLOWED_HOSTS")
    return [
        (env.flag("ACUDO_DEBUG"), "ACUDO_DEBUG must be off."),
        (env.flag("ACUDO_TEST_SEED"), "ACUDO_TEST_SEED creates known tokens and must be off."),
        (not base_url, "ACUDO_BASE_URL is missing: the address people see, for example https://desk.olmo.example"),
        (
            bool(base_url) and (urlsplit(base_url).scheme != "https" or not urlsplit(base_url).hostname),
            "ACUDO_BASE_URL must be a full https address.",
        ),
        (
            any("*" in host or host.startswith(".") for host in hosts),
            "ALLOWED_HOSTS must name each host; wildcards are refused.",
        ),
        (not env.text("DATABASE_URL", ""), "DATABASE_URL is missing."),
        (not env.text("REDIS_URL", ""), "REDIS_URL is missing: web, worker and beat are separate processes here."),
    ]
