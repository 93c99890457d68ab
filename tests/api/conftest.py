from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import ApiToken
from apps.core import clock
from tests.factories.accounts import OfficeFactory, RoleFactory, user_in


class Key(Client):
    """A program with a key: speaks JSON, sends no cookie."""

    def __init__(self, user, office, role, **fields):
        super().__init__()
        fields.setdefault("expires_at", clock.now() + timedelta(days=30))
        self.row, self.text = ApiToken.issue(user=user, office=office, role=role, name="test", **fields)
        self.user = user

    def ask(self, method, path, data=None, **extra):
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        headers = {"HTTP_AUTHORIZATION": f"Bearer {self.text}", **extra}
        return getattr(super(), method)(f"/api/v1/{path}", **body, **headers)


@pytest.fixture
def office(db):
    return OfficeFactory(name="Biblioteca Olmo", slug="olmo")


@pytest.fixture
def key_for():
    def make(office, role="agent", *, user=None, **fields):
        user = user or user_in(office, role)
        return Key(user, office, RoleFactory(key=role), **fields)

    return make


@pytest.fixture
def agent(office, key_for):
    return key_for(office)
