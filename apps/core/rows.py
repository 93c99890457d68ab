"""Rows that every message reads and writes. Their statements are put together once, not once a row.

The ORM takes two to four times as long to put such a statement together as the database takes to run it, which matters
nowhere else. Defaults and `updated_at` are as always; signals and a `save()` of the model's own are not called.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

from apps.core import clock
from apps.core.models import TimeStamped

M = TypeVar("M", bound=Model)
Converters = tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]


def insert(row: M) -> M:
    """Write a new row; it gets its primary key. Raises IntegrityError as `save()` would."""
    statement, fields = _insert(type(row), connection.vendor)
    _stamp(row)
    with connection.cursor() as cursor:
        cursor.execute(statement, [_given(field, row, is_new=True) for field in fields])
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def update(row: Model, names: Sequence[str]) -> None:
    """Write these fields of a row that is there, and its `updated_at` when it has one."""
    statement, fields = _update(type(row), tuple(names), connection.vendor)
    _stamp(row)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(_given(field, row, is_new=False) for field in fields), row.pk])


class Read:
    """A SELECT of whole rows: `Read("SELECT {a}, {b}, b.x + 1 FROM table_a a JOIN …", a=A, b=B)`.

    `{a}` becomes the columns of model A under the alias a. `first()` gives one object for each model, None for a row
    that an outer join did not find, then whatever else the statement selects. `holds` names the alias whose row is
    held until the commit, where the database can.
    """

    def __init__(self, statement: str, *, holds: str = "", **models: type[Model]) -> None:
        self.statement, self.holds, self.models = statement, holds, models
        self._kept: dict[str, tuple[str, list[tuple[type[Model], list[str], Converters]]]] = {}

    def first(self, params: Sequence[Any]) -> tuple[Any, ...] | None:
        statement, parts = self._put_together()
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            values = cursor.fetchone()
        if values is None:
            return None
        found, at = [], 0
        for model, names, converters in parts:
            found.append(_made(model, names, converters, list(values[at : at + len(names)])))
            at += len(names)
        return (*found, *values[at:])

    def _put_together(self) -> tuple[str, list[tuple[type[Model], list[str], Converters]]]:
        kept = self._kept.get(connection.vendor)
        if kept is None:
            columns = {alias: _columns(model, alias) for alias, model in self.models.items()}
            end = f" FOR UPDATE OF {self.holds}" if self.holds and connection.features.has_select_for_update else ""
            parts = [(model, _names(model), _converters(model)) for model in self.models.values()]
            kept = self._kept[connection.vendor] = self.statement.format(**columns) + end, parts
        return kept


def _made(model: type[Model], names: list[str], converters: Converters, values: list[Any]) -> Model | None:
    if all(value is None for value in values):
        return None
    for at, functions, expression in converters:
        for function in functions:
            values[at] = function(values[at], expression, connection)
    return model.from_db(connection.alias, names, values)


def _stamp(row: Model) -> None:
    if isinstance(row, TimeStamped):
        row.updated_at = clock.now()


def _given(field: "Field[Any, Any]", row: Model, *, is_new: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, is_new), connection)


@cache
def _insert(model: type[Model], vendor: str) -> tuple[str, list["Field[Any, Any]"]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns, marks = ", ".join(_quoted(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)  # type: ignore[union-attr]
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {key}", fields  # noqa: S608  our own names


@cache
def _update(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[str, list["Field[Any, Any]"]]:
    stamped = ("updated_at",) if issubclass(model, TimeStamped) else ()
    fields = [model._meta.get_field(name) for name in (*names, *stamped)]
    sets = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)  # type: ignore[union-attr]
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)  # type: ignore[union-attr]
    return f"UPDATE {table} SET {sets} WHERE {key} = %s", fields  # type: ignore[return-value]  # noqa: S608


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f"{alias}.{_quoted(field.column)}" for field in model._meta.concrete_fields)


def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _converters(model: type[Model]) -> Converters:
    found = []
    for at, field in enumerate(model._meta.concrete_fields):
        expression = field.get_col(model._meta.db_table)
        functions = (*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection))
        if functions:
            found.append((at, functions, expression))
    return tuple(found)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
