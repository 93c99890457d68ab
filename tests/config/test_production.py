"""Production starts only when it is safe (S-63). Each case is a fresh interpreter, as in life."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "ACUDO_BASE_URL": "https://desk.olmo.example",
    "ACUDO_SECRET_KEY": "Zk3v9Qw7Lx2Rt8Yp5Nb1Mc6Hd4Jf0Gs-Va_Ue-Io_PqLw7Xe2Bn9",
    "ACUDO_SECRET_KEYS": "q8Wn2Er5Ty7Ui9Op1As3Df6Gh4Jk0Lz-Xc_Vb-Nm_QwLw7Xe2Bn9",
    "DATABASE_URL": "postgres://acudo@127.0.0.1:5432/acudo",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ACUDO_TRUSTED_PROXY": "unix",
}


def start(tmp_path, command=("check", "--deploy", "--fail-level", "WARNING"), **changes):
    environment = {**GOOD, "PATH": os.environ["PATH"], "ACUDO_VAR_DIR": str(tmp_path), "ACUDO_ENV_FILE": "/dev/null"}
    environment |= changes
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        check=False,
        env={k: v for k, v in environment.items() if v is not None},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_s_63_a_good_environment_passes_the_deployment_check_without_a_warning(tmp_path):
    done = start(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ACUDO_DEBUG": "1"}, "ACUDO_DEBUG must be off"),
        ({"ACUDO_TEST_SEED": "1"}, "ACUDO_TEST_SEED"),
        ({"ACUDO_BASE_URL": None}, "ACUDO_BASE_URL is missing"),
        ({"ACUDO_BASE_URL": "http://desk.olmo.example"}, "must be a full https address"),
        ({"ALLOWED_HOSTS": "*"}, "wildcards are refused"),
        ({"ALLOWED_HOSTS": ".olmo.example"}, "wildcards are refused"),
        ({"ACUDO_SECRET_KEY": None}, "ACUDO_SECRET_KEY is missing"),
        ({"ACUDO_SECRET_KEY": "short"}, "ACUDO_SECRET_KEY is too short"),
        ({"ACUDO_SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"}, "example value"),
        ({"ACUDO_SECRET_KEY": "a" * 60}, "example value"),
        ({"ACUDO_SECRET_KEYS": None}, "ACUDO_SECRET_KEYS is missing"),
        ({"ACUDO_SECRET_KEYS": "short"}, "ACUDO_SECRET_KEYS is too short"),
        ({"DATABASE_URL": None}, "DATABASE_URL is missing"),
        ({"REDIS_URL": None}, "REDIS_URL is missing"),
    ],
)
def test_s_63_an_unsafe_environment_does_not_start_and_says_why(tmp_path, changes, sentence):
    done = start(tmp_path, **changes)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_s_40_cookies_are_bound_to_the_host_over_https(tmp_path):
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE)"
    )
    done = start(tmp_path, command=("shell", "--no-imports", "-c", code))
    assert done.stdout.split() == ["__Host-acudo_session", "__Host-acudo_csrf", "True", "True", "True", "Lax"]


def test_a_key_made_on_this_machine_is_kept_and_readable_by_its_owner_only(tmp_path):
    from config import env

    path = tmp_path / "keys" / "secret"
    first = env.kept(path, env.new_secret)
    assert env.kept(path, env.new_secret) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]
