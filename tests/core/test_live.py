"""Bells for open browsers: after the commit, and the same one once."""

import pytest
from django.db import transaction

from apps.core import live

NEWS = {"type": "list.changed", "t": "list.changed", "office": 7}


@pytest.fixture
def rung(monkeypatch):
    bells = []
    monkeypatch.setattr(live, "_send", lambda group, message: bells.append((group, message["t"])))
    return bells


@pytest.mark.django_db(transaction=True)
def test_the_same_bell_is_rung_once_a_transaction_and_others_beside_it(rung):
    with transaction.atomic():
        for _ in range(3):
            live.tell("office.7", NEWS)
        live.tell("office.8", NEWS)
        live.tell("office.7", NEWS | {"t": "ticket.changed"})
        assert rung == []
    assert rung == [("office.7", "list.changed"), ("office.8", "list.changed"), ("office.7", "ticket.changed")]
    with transaction.atomic():
        live.tell("office.7", NEWS)
    assert len(rung) == 4


@pytest.mark.django_db(transaction=True)
def test_a_bell_of_a_part_that_was_taken_back_does_not_swallow_the_next(rung):
    with transaction.atomic():
        try:
            with transaction.atomic():
                live.tell("office.7", NEWS)
                raise RuntimeError
        except RuntimeError:
            pass
        with transaction.atomic():
            live.tell("office.7", NEWS)
    assert rung == [("office.7", "list.changed")]


@pytest.mark.django_db(transaction=True)
def test_a_part_that_is_taken_back_takes_only_its_own_bell(rung):
    with transaction.atomic():
        live.tell("office.7", NEWS)
        try:
            with transaction.atomic():
                live.tell("office.7", NEWS)
                raise RuntimeError
        except RuntimeError:
            pass
    assert rung == [("office.7", "list.changed")]
