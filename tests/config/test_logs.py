"""What stands in the log, and what never does."""

import logging

import pytest

from apps.accounts.events import SignedIn
from apps.activity.models import Activity
from config.logs import escape_breaks, hide_keys_in_paths
from tests.factories.accounts import OfficeFactory, UserFactory, user_in

PASSWORD = "un-paso-tras-otro-24"


@pytest.fixture
def ana(db):
    user = user_in(OfficeFactory(), email="ana@olmo.example")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password):
    return client.post(
        "/accounts/login/", {"username": "ana@olmo.example", "password": password}, REMOTE_ADDR="203.0.113.9"
    )


def test_s_62_a_line_break_from_outside_begins_no_line():
    fields = escape_breaks(None, "info", {"event": "subject: hello\r\n2026-01-01 admin signed in\u2028\x1b[2J"})
    assert len(fields["event"].splitlines()) == 1
    assert "\x1b" not in fields["event"]


@pytest.mark.parametrize("path", ["/es/m/SECRET/", "/hooks/SECRET/", "/accounts/reset/SECRET"])
def test_s_62_an_address_that_is_a_key_is_not_written_down(path):
    assert "SECRET" not in hide_keys_in_paths(None, "info", {"event": f"Not Found: {path}"})["event"]


def test_s_62_a_password_is_in_no_log_right_or_wrong(client, ana, caplog):
    caplog.set_level(logging.DEBUG)
    for password in ("wrong-" + PASSWORD, PASSWORD):
        sign_in(client, password)
    assert PASSWORD not in caplog.text


def test_s_62_who_came_in_when_and_from_where_is_on_record(client, ana):
    assert sign_in(client, PASSWORD).status_code == 302
    row = Activity.objects.get(verb=SignedIn.verb())
    assert (row.actor_id, row.data["address"]) == (ana.pk, "203.0.113.9")
    assert row.at is not None


def test_s_62_the_record_is_not_rewritten(db):
    row = Activity.objects.create(verb="signed_in", subject_kind="user", subject_id=UserFactory().pk, actor_kind="user")
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
