"""Two databases, one meaning. Every statement here is constant; whatever varies is a parameter."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

from apps.core import clock
from apps.search.models import SearchDocument, Visibility

NEWEST = 1_000  # matches that are ranked; older ones are not looked at
MOST_SCOPES = 60  # named in the full-text query itself; beyond that the row's own columns say it alone
SIMILAR = 60  # titles that are compared word by word
LOWEST_SIMILARITY = 0.35  # of trigrams; the words themselves are compared afterwards


@dataclass(frozen=True)
class Document:
    kind: str
    object_id: int
    part: int
    office_id: int | None
    body_id: int | None
    owner_id: int | None
    visibility: str
    language: str
    title: str


@dataclass(frozen=True)
class Scope:
    """What may be found at all, as part of the query."""

    kind: str
    offices: tuple[int, ...]
    bodies: tuple[int, ...]
    owner: int | None
    language: str = ""


@dataclass(frozen=True)
class Term:
    """A term of the analyzer: letters, digits and "_" only. Nothing else may reach a query's own language."""

    text: str
    is_prefix: bool = False

    def __post_init__(self) -> None:
        if not self.text or not all(c == "_" or c.isalnum() for c in self.text):
            raise ValueError("not a term of the analyzer")


Row = tuple[int, int, float]  # object, part, rank: higher is better


def store() -> "PostgresStore | SqliteStore":
    return PostgresStore() if connection.vendor == "postgresql" else SqliteStore()


class PostgresStore:
    """The scope stands among the terms too ("@ticket.o3": a ticket of office 3), so that the index answers who may
    find a thing together with what it says. No word of the analyzer begins with "@"."""

    def write(self, document: Document, title: list[str], body: list[str]) -> None:
        terms = _vector(title, body, _scopes_of(document))
        with connection.cursor() as cursor:
            cursor.execute(_PG_WRITE, {**asdict(document), "now": clock.now(), "terms": terms})

    def rescope(self, pks: list[int], where: dict[str, int | None]) -> None:
        rows = SearchDocument.objects.filter(pk__in=pks)
        with connection.cursor() as cursor:
            for row in rows:
                old = _scopes_of(row)
                for name, value in where.items():
                    setattr(row, name, value)
                cursor.execute(_PG_RESCOPE, {"pk": row.pk, "old": old, "new": _scopes_of(row)})
        rows.update(**where)

    def forget(self, pks: list[int]) -> None:
        SearchDocument.objects.filter(pk__in=pks).delete()

    def find(self, groups: list[list[Term]], scope: Scope, *, every_word: bool, limit: int) -> list[Row]:
        said = [" | ".join(f"'{t.text}':*" if t.is_prefix else f"'{t.text}'" for t in group) for group in groups]
        query = (" & " if every_word else " | ").join(f"({group})" for group in said)
        scopes = _scopes_asked(scope)
        if len(scopes) <= MOST_SCOPES:
            allowed = " | ".join(f"'{name}'" for name in scopes)
            query = f"({query}) & ({allowed})"
        with connection.cursor() as cursor:
            cursor.execute(_PG_FIND, {**_of(scope), "query": query, "newest": NEWEST, "limit": limit})
            return cursor.fetchall()

    def similar_titles(self, text: str, scope: Scope) -> list[tuple[int, str]]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LOWEST_SIMILARITY)])
            cursor.execute(_PG_SIMILAR, {**_of(scope), "text": text, "limit": SIMILAR})
            return cursor.fetchall()


class SqliteStore:
    def write(self, document: Document, title: list[str], body: list[str]) -> None:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(_LITE_WRITE, {**asdict(document), "now": clock.now()})
            pk = cursor.fetchone()[0]
            cursor.execute(_LITE_WRITE_TERMS, [pk, " ".join(title), " ".join(body)])
            if document.title:
                cursor.execute(_LITE_WRITE_TITLE, [pk, document.title])

    def rescope(self, pks: list[int], where: dict[str, int | None]) -> None:
        SearchDocument.objects.filter(pk__in=pks).update(**where)

    def forget(self, pks: list[int]) -> None:
        SearchDocument.objects.filter(pk__in=pks).delete()
        with connection.cursor() as cursor:
            cursor.execute(_LITE_FORGET_TERMS, [json.dumps(pks)])
            cursor.execute(_LITE_FORGET_TITLES, [json.dumps(pks)])

    def find(self, groups: list[list[Term]], scope: Scope, *, every_word: bool, limit: int) -> list[Row]:
        said = [" OR ".join(f'"{t.text}"*' if t.is_prefix else f'"{t.text}"' for t in group) for group in groups]
        query = (" AND " if every_word else " OR ").join(f"({group})" for group in said)
        with connection.cursor() as cursor:
            cursor.execute(_LITE_FIND, {**_in_json(scope), "query": query, "newest": NEWEST, "limit": limit})
            return cursor.fetchall()

    def similar_titles(self, text: str, scope: Scope) -> list[tuple[int, str]]:
        trigrams = {text[at : at + 3] for at in range(len(text) - 2)}
        if not trigrams:
            return []
        query = " OR ".join(f'"{t}"' for t in sorted(trigrams) if all(c == " " or c.isalnum() for c in t))
        with connection.cursor() as cursor:
            cursor.execute(_LITE_SIMILAR, {**_in_json(scope), "query": query, "limit": SIMILAR})
            return cursor.fetchall()


def _scopes_of(document: Document | SearchDocument) -> list[str]:
    """Under which scopes a document is found; `_scopes_asked` is the other side."""
    scopes = {
        "o": document.office_id,
        "p": document.body_id if document.visibility == Visibility.PUBLIC else None,
        "u": document.owner_id if document.visibility == Visibility.OWNER else None,
    }
    return [f"@{document.kind}.{letter}{int(pk)}" for letter, pk in scopes.items() if pk is not None]


def _scopes_asked(scope: Scope) -> list[str]:
    pks = [*(("o", pk) for pk in scope.offices), *(("p", pk) for pk in scope.bodies)]
    if scope.owner is not None:
        pks.append(("u", scope.owner))
    return [f"@{scope.kind}.{letter}{int(pk)}" for letter, pk in pks]


def _vector(title: list[str], body: list[str], scopes: list[str]) -> str:
    """A tsvector written out: each term with up to four places and the weight of where it stood."""
    places: dict[str, list[str]] = defaultdict(list)
    for weight, terms in (("A", title), ("B", body)):
        for at, term in enumerate(terms, start=1):
            if len(places[term]) < 4:
                places[term].append(f"{min(at, 16_000)}{weight}")
    said = [f"'{term}':{','.join(at)}" for term, at in places.items()]
    return " ".join([*said, *(f"'{scope}'" for scope in scopes)])


def _of(scope: Scope) -> dict[str, Any]:
    return {**asdict(scope), "offices": list(scope.offices), "bodies": list(scope.bodies)}


def _in_json(scope: Scope) -> dict[str, Any]:
    return {**asdict(scope), "offices": json.dumps(scope.offices), "bodies": json.dumps(scope.bodies)}


_PG_WRITE = """
INSERT INTO search_searchdocument (kind, object_id, part, office_id, body_id, owner_id, visibility, language, title,
                                   created_at, updated_at, terms)
VALUES (%(kind)s, %(object_id)s, %(part)s, %(office_id)s, %(body_id)s, %(owner_id)s, %(visibility)s, %(language)s,
        %(title)s, %(now)s, %(now)s, %(terms)s::tsvector)
ON CONFLICT (kind, object_id, part) DO UPDATE SET
    office_id = excluded.office_id, body_id = excluded.body_id, owner_id = excluded.owner_id,
    visibility = excluded.visibility, language = excluded.language, title = excluded.title,
    updated_at = excluded.updated_at, terms = excluded.terms
"""

_PG_RESCOPE = """
UPDATE search_searchdocument SET terms = ts_delete(terms, %(old)s::text[]) || array_to_tsvector(%(new)s::text[])
WHERE id = %(pk)s
"""

_PG_FIND = """
WITH newest AS MATERIALIZED (
    SELECT id, object_id, part, terms FROM search_searchdocument
    WHERE terms @@ %(query)s::tsquery AND kind = %(kind)s
      AND (%(language)s = '' OR language = %(language)s)
      AND (office_id = ANY(%(offices)s::bigint[])
           OR (visibility = 'public' AND body_id = ANY(%(bodies)s::bigint[]))
           OR (visibility = 'owner' AND owner_id = %(owner)s::bigint))
    ORDER BY id DESC LIMIT %(newest)s
), ranked AS (
    SELECT DISTINCT ON (object_id) object_id, part, ts_rank(terms, %(query)s::tsquery) AS rank
    FROM newest ORDER BY object_id, rank DESC, id DESC
)
SELECT object_id, part, rank FROM ranked ORDER BY rank DESC, object_id DESC LIMIT %(limit)s
"""

_PG_SIMILAR = """
SELECT object_id, title FROM search_searchdocument
WHERE %(text)s <%% title AND title <> '' AND kind = %(kind)s
  AND (%(language)s = '' OR language = %(language)s)
  AND (office_id = ANY(%(offices)s::bigint[])
       OR (visibility = 'public' AND body_id = ANY(%(bodies)s::bigint[]))
       OR (visibility = 'owner' AND owner_id = %(owner)s::bigint))
ORDER BY word_similarity(%(text)s, title) DESC, id DESC LIMIT %(limit)s
"""

_LITE_WRITE = """
INSERT INTO search_searchdocument (kind, object_id, part, office_id, body_id, owner_id, visibility, language, title,
                                   created_at, updated_at)
VALUES (%(kind)s, %(object_id)s, %(part)s, %(office_id)s, %(body_id)s, %(owner_id)s, %(visibility)s, %(language)s,
        %(title)s, %(now)s, %(now)s)
ON CONFLICT (kind, object_id, part) DO UPDATE SET
    office_id = excluded.office_id, body_id = excluded.body_id, owner_id = excluded.owner_id,
    visibility = excluded.visibility, language = excluded.language, title = excluded.title,
    updated_at = excluded.updated_at
RETURNING id
"""
_LITE_WRITE_TERMS = "INSERT OR REPLACE INTO search_terms (rowid, title, body) VALUES (%s, %s, %s)"
_LITE_WRITE_TITLE = "INSERT OR REPLACE INTO search_titles (rowid, title) VALUES (%s, %s)"

_LITE_FORGET_TERMS = "DELETE FROM search_terms WHERE rowid IN (SELECT value FROM json_each(%s))"
_LITE_FORGET_TITLES = "DELETE FROM search_titles WHERE rowid IN (SELECT value FROM json_each(%s))"

_LITE_FIND = """
WITH newest AS MATERIALIZED (
    SELECT d.id AS id, d.object_id AS object_id, d.part AS part, -bm25(search_terms, 4.0, 1.0) AS rank
    FROM search_terms JOIN search_searchdocument d ON d.id = search_terms.rowid
    WHERE search_terms MATCH %(query)s AND d.kind = %(kind)s
      AND (%(language)s = '' OR d.language = %(language)s)
      AND (d.office_id IN (SELECT value FROM json_each(%(offices)s))
           OR (d.visibility = 'public' AND d.body_id IN (SELECT value FROM json_each(%(bodies)s)))
           OR (d.visibility = 'owner' AND d.owner_id = %(owner)s))
    ORDER BY search_terms.rowid DESC LIMIT %(newest)s
)
SELECT object_id, part, max(rank) AS best FROM newest GROUP BY object_id
ORDER BY best DESC, object_id DESC LIMIT %(limit)s
"""

_LITE_SIMILAR = """
SELECT d.object_id, d.title FROM search_titles JOIN search_searchdocument d ON d.id = search_titles.rowid
WHERE search_titles MATCH %(query)s AND d.kind = %(kind)s
  AND (%(language)s = '' OR d.language = %(language)s)
  AND (d.office_id IN (SELECT value FROM json_each(%(offices)s))
       OR (d.visibility = 'public' AND d.body_id IN (SELECT value FROM json_each(%(bodies)s)))
       OR (d.visibility = 'owner' AND d.owner_id = %(owner)s))
ORDER BY bm25(search_titles), d.id DESC LIMIT %(limit)s
"""
