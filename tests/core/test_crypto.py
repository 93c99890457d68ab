"""Secrets at rest and small signatures."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from apps.core import crypto
from apps.omnichannel.models import Channel
from tests.factories.omnichannel import ChannelFactory

OLD, NEW = "old-key-0123456789-0123456789-0123456789", "new-key-0123456789-0123456789-0123456789"


@pytest.fixture
def stored(db, settings):
    settings.ACUDO_SECRET_KEYS = [OLD]
    return ChannelFactory(secrets={"password": "canary-7f3a"})


def raw():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM omnichannel_channel")
        return cursor.fetchone()[0]


def test_s_61_what_lies_in_the_database_does_not_say_the_secret(stored):
    assert "canary" not in raw()
    assert Channel.objects.get().secrets == {"password": "canary-7f3a"}


def test_s_61_a_new_key_in_front_reads_the_old_and_writes_anew(stored, settings):
    settings.ACUDO_SECRET_KEYS = [NEW, OLD]
    row = Channel.objects.get()
    assert row.secrets["password"] == "canary-7f3a"
    row.save()
    settings.ACUDO_SECRET_KEYS = [NEW]
    assert Channel.objects.get().secrets["password"] == "canary-7f3a"


def test_s_61_without_its_key_a_secret_is_an_error_that_does_not_say_it(stored, settings):
    settings.ACUDO_SECRET_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured) as error:
        Channel.objects.get()
    assert "canary" not in str(error.value) and raw() not in str(error.value)


def test_nothing_to_keep_is_kept_as_nothing(db):
    ChannelFactory(secrets={})
    assert raw() == ""
    assert Channel.objects.get().secrets == {}


def test_a_signature_has_128_bits_and_binds_purpose_and_every_part():
    signed = crypto.sign("reply", 7, "ana@example.org")
    assert len(signed) == 26 and signed == signed.lower()
    assert crypto.is_signed(signed, "reply", 7, "ana@example.org")
    for other in (("reply", 8, "ana@example.org"), ("reply", 7, "eva@example.org"), ("link", 7, "ana@example.org")):
        assert not crypto.is_signed(signed, *other)


@pytest.mark.parametrize(
    "change", [str.upper, lambda s: s[:-1], lambda s: s + "a", lambda s: "", lambda s: s[::-1], lambda s: "ñ" * 26]
)
def test_s_01_a_signature_that_is_almost_right_is_wrong(change):
    assert not crypto.is_signed(change(crypto.sign("reply", 7)), "reply", 7)


def test_a_signature_of_a_former_key_still_counts(settings):
    settings.ACUDO_SECRET_KEYS = [OLD]
    signed = crypto.sign("reply", 7)
    settings.ACUDO_SECRET_KEYS = [NEW, OLD]
    assert crypto.is_signed(signed, "reply", 7)
    settings.ACUDO_SECRET_KEYS = [NEW]
    assert not crypto.is_signed(signed, "reply", 7)
