"""Pages by key: the next page begins after the last row seen, however many rows lie before it."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

SIZE = 50
LARGEST = 100
LONGEST_CURSOR = 500


class KeyPagination(BasePagination):
    """The view names its orders in `orders`: word -> fields, the last one unique. The first word is the default."""

    def paginate_queryset(self, queryset: QuerySet, request: Any, view: Any = None) -> list[Model]:
        self.request = request
        word = request.query_params.get("ordering") or next(iter(view.orders))
        if word not in view.orders:
            raise ValidationError({"ordering": [_("One of: %(words)s.") % {"words": ", ".join(view.orders)}]})
        fields = view.orders[word]
        size = self._size(request)
        cursor = request.query_params.get("cursor")
        if cursor:
            queryset = queryset.filter(_after(fields, _read(cursor, word, fields, queryset.model)))
        rows = list(queryset.order_by(*fields)[: size + 1])
        self.next = _write(word, fields, rows[size - 1]) if len(rows) > size else None
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next_url(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True, "description": "the next page, or null"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orders = {"type": "string", "enum": list(view.orders)}
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE}
        return [
            {"name": "ordering", "in": "query", "required": False, "schema": orders},
            {"name": "page_size", "in": "query", "required": False, "schema": size},
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
        ]

    def _size(self, request: Any) -> int:
        given = request.query_params.get("page_size", "")
        if given and not (given.isascii() and given.isdigit() and 1 <= int(given[:6]) <= LARGEST):
            raise ValidationError({"page_size": [_("A number from 1 to %(last)s.") % {"last": LARGEST}]})
        return int(given or SIZE)

    def _next_url(self) -> str | None:
        if self.next is None:
            return None
        query = {**self.request.query_params.dict(), "cursor": self.next}
        return f"{settings.ACUDO_BASE_URL}{self.request.path}?{urlencode(query)}"


def _after(fields: Sequence[str], values: Sequence[Any]) -> Q:
    """Lexicographic: the first field lies beyond, or is equal and the next lies beyond, and so on."""
    condition, equal = Q(), Q()
    for field, value in zip(fields, values, strict=True):
        name = field.lstrip("-")
        condition |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return condition


def _write(word: str, fields: Sequence[str], row: Model) -> str:
    values = [getattr(row, field.lstrip("-")) for field in fields]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([word, *plain]).encode()).decode().rstrip("=")


def _read(cursor: str, word: str, fields: Sequence[str], model: type[Model]) -> list[Any]:
    """The values of a cursor of ours; anything else is a mistake of the caller."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        said, *plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if said != word or len(plain) != len(fields):
            raise ValueError
        return [_field(model, field).to_python(value) for field, value in zip(fields, plain, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise ValidationError({"cursor": [_("Not a cursor of this list.")]}) from error
    except Exception as error:  # what a field thinks of a foreign value
        raise ValidationError({"cursor": [_("Not a cursor of this list.")]}) from error


def _field(model: type[Model], field: str) -> Any:
    name = field.lstrip("-")
    return model._meta.pk if name == "pk" else model._meta.get_field(name)
