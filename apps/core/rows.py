"""Rows that every message reads and writes. Their statements are put together once, not once a row.

The ORM takes two to four times as long to put such a statement together as the database takes to run it, which matters
nowhere else. Defaults and `updated_at` are as always; signals and a `save()` of the model's own are not called.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

from apps.core import clock
from apps.core.models import TimeStamped

M = TypeVar("M", bound=Model)
Converters = tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
Parts = list[tuple[type[Model], list[str], int, Converters]]  # the number: where among the names the key stands


def insert(row: M) -> M:
    """Write a new row; it gets its primary key. Raises IntegrityError as `save()` would."""
    insert_all([row])
    return row


def insert_all(new: Sequence[Model]) -> None:
    """Write new rows of one model, in one statement; each gets its primary key."""
    if new:
        statement, fields = _insert(type(new[0]), len(new), connection.vendor)
        keys = _written(statement, fields, new)
        for row, (key,) in zip(new, keys, strict=True):
            _is_there(row, key)


def insert_unless_there(row: Model) -> bool:
    """Write a new row, unless a unique one stands in its way: then nothing is written, nothing broken, and it is
    False. Who writes the same at this moment is waited for."""
    statement, fields = _insert(type(row), 1, connection.vendor, otherwise="ON CONFLICT DO NOTHING")
    keys = _written(statement, fields, [row])
    if keys:
        _is_there(row, keys[0][0])
    return bool(keys)


def update(row: Model, names: Sequence[str], **provided: Any) -> bool:
    """Write these fields of a row that is there, and its `updated_at` when it has one; `provided` that other fields
    still say what is given here. False when they do not."""
    statement, fields, asked = _update(type(row), tuple(names), tuple(provided), connection.vendor)
    _stamp(row)
    database = _database()
    values = [_given(field, row, database, is_new=False) for field in fields]
    guards = [field.get_db_prep_save(value, database) for field, value in zip(asked, provided.values(), strict=True)]
    return run(statement, [*values, row.pk, *guards]) > 0


def run(statement: str, params: Sequence[Any]) -> int:
    """A statement that is written out; the number of rows it touched."""
    with _cursor(_database()) as cursor:
        cursor.execute(statement, _plain(params))
        return cursor.rowcount


class Read:
    """A SELECT of whole rows: `Read("SELECT {a}, {b}, b.x + 1 FROM table_a a JOIN …", a=A, b=B)`.

    `{a}` becomes the columns of model A under the alias a. `first()` gives one object for each model, None for a row
    that an outer join did not find, then whatever else the statement selects. `holds` names the alias whose row is
    held until the commit, where the database can. An `UPDATE … RETURNING {a}` reads as well. `all()` gives a row that
    was joined to several as one object.
    """

    def __init__(self, statement: str, *, holds: str = "", **models: type[Model]) -> None:
        self.statement, self.holds, self.models = statement, holds, models
        self._kept: dict[str, tuple[str, Parts]] = {}

    def first(self, params: Sequence[Any]) -> tuple[Any, ...] | None:
        return next(iter(self.all(params)), None)

    def all(self, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        statement, parts = self._put_together()
        with _cursor(_database()) as cursor:
            cursor.execute(statement, _plain(params))
            found = cursor.fetchall()
        made: dict[tuple[int, Any], Model] = {}
        return [_objects(parts, values, made) for values in found]

    def _put_together(self) -> tuple[str, Parts]:
        kept = self._kept.get(connection.vendor)
        if kept is None:
            columns = {alias: _columns(model, alias) for alias, model in self.models.items()}
            end = f" FOR UPDATE OF {self.holds}" if self.holds and connection.features.has_select_for_update else ""
            parts = [
                (model, names := _names(model), names.index(model._meta.pk.attname), _converters(model))  # type: ignore[union-attr]
                for model in self.models.values()
            ]
            kept = self._kept[connection.vendor] = self.statement.format(**columns) + end, parts
        return kept


def _objects(parts: Parts, values: Sequence[Any], made: dict[tuple[int, Any], Model]) -> tuple[Any, ...]:
    found: list[Any] = []
    at = 0
    for model, names, key_at, converters in parts:
        key = values[at + key_at]
        if key is not None and (at, key) not in made:
            made[at, key] = _made(model, names, converters, list(values[at : at + len(names)]))
        found.append(made.get((at, key)))
        at += len(names)
    return (*found, *values[at:])


def _made(model: type[Model], names: list[str], converters: Converters, values: list[Any]) -> Model:
    for at, functions, expression in converters:
        for function in functions:
            values[at] = function(values[at], expression, connection)
    return model.from_db(connection.alias, names, values)


def _written(statement: str, fields: "list[Field[Any, Any]]", new: Sequence[Model]) -> list[tuple[Any, ...]]:
    for row in new:
        _stamp(row)
    database = _database()
    with _cursor(database) as cursor:
        cursor.execute(statement, [_given(field, row, database, is_new=True) for row in new for field in fields])
        return cursor.fetchall()


def _is_there(row: Model, key: Any) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, connection.alias


def _plain(params: Sequence[Any]) -> list[Any]:
    """Moments as this database keeps them."""
    adapted = connection.ops.adapt_datetimefield_value
    return [adapted(param) if isinstance(param, datetime) else param for param in params]


def _stamp(row: Model) -> None:
    if isinstance(row, TimeStamped):
        row.updated_at = clock.now()


def _given(field: "Field[Any, Any]", row: Model, database: BaseDatabaseWrapper, *, is_new: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, is_new), database)


def _database() -> BaseDatabaseWrapper:
    """This thread's own: `connection` looks for it again at every touch, three hundred times a mail."""
    return connections[DEFAULT_DB_ALIAS]


def _cursor(database: BaseDatabaseWrapper) -> Any:
    """On PostgreSQL these statements are prepared: parsed and planned once a connection, their values sent apart.

    Where a pooler in front cannot keep prepared statements, `prepare_threshold` is None, and they go as all others do;
    so they do while somebody writes down what is asked, who wants to read the values in the statement.
    """
    is_plain = database.vendor != "postgresql" or database.queries_logged
    if is_plain or not database.settings_dict["OPTIONS"].get("prepare_threshold"):
        return database.cursor()
    database.ensure_connection()
    return database._prepare_cursor(_server_cursor()(database.connection))


@cache
def _server_cursor() -> Any:
    from django.db.backends.postgresql.base import ServerBindingCursor

    return ServerBindingCursor


@cache
def _insert(model: type[Model], count: int, vendor: str, otherwise: str = "") -> tuple[str, list["Field[Any, Any]"]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns, marks = ", ".join(_quoted(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)  # type: ignore[union-attr]
    values = ", ".join([f"({marks})"] * count)
    return f"INSERT INTO {table} ({columns}) VALUES {values} {otherwise} RETURNING {key}", fields  # noqa: S608  our own


@cache
def _update(
    model: type[Model], names: tuple[str, ...], provided: tuple[str, ...], vendor: str
) -> tuple[str, list["Field[Any, Any]"], list["Field[Any, Any]"]]:
    stamped = ("updated_at",) if issubclass(model, TimeStamped) else ()
    fields: list[Any] = [model._meta.get_field(name) for name in (*names, *stamped)]
    asked: list[Any] = [model._meta.get_field(name) for name in provided]
    sets = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)  # type: ignore[union-attr]
    guards = "".join(f" AND {_quoted(field.column)} = %s" for field in asked)
    return f"UPDATE {table} SET {sets} WHERE {key} = %s{guards}", fields, asked  # noqa: S608


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
