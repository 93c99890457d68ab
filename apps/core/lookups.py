"""Two spellings of IN for planners that take what they read at its word."""

from typing import Any

from django.db.models.lookups import In


class Among(In):
    """`Among(F("office_id"), ids)`: a permission, which most rows pass. SQLite takes every condition on an indexed
    column for a rare one and would read and sort whole offices; a sign before the column keeps it from that."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.as_sql(compiler, connection)
        return f"+{sql}", params


class Spelled(In):
    """`Spelled(F("status"), OPEN)`: words of ours written into the statement. A partial index is only used where the
    statement says literally what the index says; SQLite does not look at bound parameters for it."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        words = [str(word) for word in self.rhs]
        if not words or not all(word.isidentifier() for word in words):
            raise ValueError("plain words only: they become part of the statement")
        column, params = self.process_lhs(compiler, connection)
        said = ", ".join(f"'{word}'" for word in words)
        return f"{column} IN ({said})", params
