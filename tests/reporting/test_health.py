import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from apps.core import clock
from apps.core.models import Heartbeat
from apps.omnichannel.email.models import MailboxProgress
from apps.reporting import health
from tests.factories.omnichannel import ChannelFactory

SIGNS = ("scheduler", "worker", "sweep", "sla sweep")


@pytest.fixture
def everybody_alive(transactional_db):
    for name in SIGNS:
        Heartbeat.beat(name)


def findings(report: health.Report) -> dict[str, bool]:
    return {finding.name: finding.is_well for finding in report.findings}


def test_live_asks_nobody(client):
    assert client.get("/health/live").json() == {"status": "well"}


@pytest.mark.django_db(transaction=True)
def test_ready_means_database_migrations_and_keys(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"status": "well"})


def test_r_26_everything_well_is_green(client, everybody_alive):
    response = client.get("/health/deep")
    assert response.status_code == 200, response.json()


@pytest.mark.parametrize(
    ("sign", "finding"),
    [("scheduler", "scheduler"), ("worker", "worker"), ("sweep", "channel sweep"), ("sla sweep", "clock sweep")],
)
def test_r_26_a_silent_part_is_reported_and_forgiven(everybody_alive, sign, finding):
    Heartbeat.objects.filter(name=sign).update(at=clock.now() - timedelta(seconds=50))
    assert findings(health.deep()) == {**dict.fromkeys(findings(health.deep()), True), finding: False}
    Heartbeat.beat(sign)
    assert health.deep().is_well


def test_r_26_a_silent_fetcher_is_reported_where_something_is_fetched(everybody_alive):
    channel = ChannelFactory(kind="email", settings={"imap_host": "imap.olmo.example"})
    assert findings(health.deep())["mail fetcher"]
    MailboxProgress.objects.create(channel=channel, folder="INBOX")
    assert not findings(health.deep())["mail fetcher"]
    Heartbeat.beat("mail_fetcher")
    assert findings(health.deep())["mail fetcher"]


def test_r_26_a_full_disk_is_reported(everybody_alive, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    assert not findings(health.deep())["disk"]


def test_r_26_a_hanging_database_is_answered_in_two_seconds(client, everybody_alive, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(health, "connection", SimpleNamespace(cursor=lambda: released.wait(60), vendor="hanging"))
    started = time.monotonic()
    response = client.get("/health/ready")
    assert time.monotonic() - started < 20  # the database would hang for sixty
    assert response.status_code == 503
    released.set()


def test_r_26_a_dead_database_is_reported_not_raised(everybody_alive, monkeypatch):
    def refuse(*_args):
        raise OperationalError("gone")

    monkeypatch.setattr(health, "connection", SimpleNamespace(cursor=refuse, vendor="dead"))
    assert not findings(health.ready())["database"]


@pytest.mark.django_db(transaction=True)
def test_s_63_the_deep_page_is_for_this_machine_or_a_token(client, settings):
    settings.ACUDO_HEALTH_TOKEN = "a-long-token"
    far = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get("/health/deep", **far).status_code == 404
    assert client.get("/health/deep", headers={"Authorization": "Bearer wrong"}, **far).status_code == 404
    assert client.get("/health/deep", headers={"Authorization": "Bearer a-long-token"}, **far).status_code == 503
    settings.ACUDO_HEALTH_TOKEN = ""
    assert client.get("/health/deep", headers={"Authorization": "Bearer "}, **far).status_code == 404
