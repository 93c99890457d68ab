"""IN, in two spellings."""

import pytest
from django.db import connection
from django.db.models import F

from apps.accounts.models import Office
from apps.core.lookups import Among, Spelled
from tests.factories.accounts import OfficeFactory

pytestmark = pytest.mark.django_db


def test_they_find_what_in_finds():
    one, other = OfficeFactory(slug="one"), OfficeFactory(slug="other")

    assert set(Office.objects.filter(Among(F("id"), [one.pk, other.pk]))) == {one, other}
    assert list(Office.objects.filter(Among(F("id"), []))) == []
    assert list(Office.objects.filter(Spelled(F("slug"), ["one"]))) == [one]


def test_spelled_words_stand_in_the_statement_and_are_plain():
    sql, params = Office.objects.filter(Spelled(F("slug"), ["one", "two"])).query.sql_with_params()
    assert "IN ('one', 'two')" in sql
    assert params == ()
    with pytest.raises(ValueError, match="plain"):
        str(Office.objects.filter(Spelled(F("slug"), ["x' OR '1'='1"])).query)


def test_a_permission_is_no_reason_to_choose_an_index():
    sql = str(Office.objects.filter(Among(F("id"), [1])).query)
    assert ('+"accounts_office"."id" IN' in sql) == (connection.vendor == "sqlite")
