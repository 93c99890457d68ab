"""Make a thing findable, forget it, find it. Found at once: the terms are written in the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from apps.search import analyzer
from apps.search.models import SearchDocument, Visibility
from apps.search.stores import Document, Scope, Term, store

DEFAULT_LANGUAGES = ("es", "en")


class Looker(Protocol):
    """As much of a viewer as search needs; the room that has viewers lies above."""

    @property
    def is_staff(self) -> bool: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def body_ids(self) -> tuple[int, ...]: ...
    def offices_with(self, verb: str) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class Hit:
    """`part` is the best matching part: 0 for the thing itself, else what the indexing room put there."""

    object_id: int
    part: int
    score: float


def index(
    *,
    kind: str,
    object_id: int,
    part: int = 0,
    office_id: int | None,
    body_id: int | None,
    owner_id: int | None = None,
    visibility: str = Visibility.STAFF,
    language: str = "",
    title: str = "",
    keywords: Iterable[str] = (),
    body: str = "",
) -> None:
    """Write one part of one thing, over what was there before.

    `kind` is also the first half of the verb that lets staff find it: "ticket" asks for "ticket.view". `keywords`
    (references, names) weigh as much as the title. One query on PostgreSQL, two or three on SQLite.
    """
    if not kind.isidentifier():
        raise ValueError("a kind is one plain word")
    document = Document(
        kind=kind,
        object_id=object_id,
        part=part,
        office_id=office_id,
        body_id=body_id,
        owner_id=owner_id,
        visibility=visibility,
        language=language,
        title=" ".join(analyzer.words(title))[:250] if part == 0 else "",
    )
    heading = analyzer.analyze(language, " \n ".join([title, *keywords]))
    store().write(document, heading, analyzer.analyze(language, body))


def remove(*, kind: str, object_id: int, part: int | None = None) -> None:
    """Forget a thing, or one part of it."""
    documents = SearchDocument.objects.filter(kind=kind, object_id=object_id)
    if part is not None:
        documents = documents.filter(part=part)
    with transaction.atomic():
        store().forget(list(documents.values_list("pk", flat=True)))


def rescope(*, kind: str, object_id: int, **where: int | None) -> None:
    """The thing moved: `office_id`, `body_id` or `owner_id` of all its parts change, the words stay."""
    if unknown := where.keys() - {"office_id", "body_id", "owner_id"}:
        raise TypeError(f"not a scope: {', '.join(sorted(unknown))}")
    documents = SearchDocument.objects.filter(kind=kind, object_id=object_id)
    with transaction.atomic():
        store().rescope(list(documents.values_list("pk", flat=True)), where)


def search(
    query: str,
    viewer: Looker,
    *,
    kind: str,
    languages: Iterable[str] = DEFAULT_LANGUAGES,
    language: str = "",
    body_id: int | None = None,
    is_typing: bool = False,
    any_word: bool = False,
    synonyms: Mapping[str, Iterable[str]] | None = None,
    limit: int = 50,
) -> list[Hit]:
    """The best of the newest matches, each thing once. What the viewer may not see is never matched.

    `languages` are those the question may be in; `language` keeps to documents of one. Public documents are found
    within `body_id`, or within the bodies a member of staff works for. `is_typing` lets the last word be unfinished.
    `synonyms`: what else to look for instead of a (folded) word.
    With no match, titles spelt nearly so are tried; `any_word` before that is content with some of the words.
    """
    if not kind.isidentifier():
        raise ValueError("a kind is one plain word")
    scope = _scope(viewer, kind, body_id, language)
    groups = _groups(query, tuple(languages), is_typing, synonyms or {})
    if not groups or not (scope.offices or scope.bodies or scope.owner):
        return []
    rows = store().find(groups, scope, every_word=True, limit=limit)
    if not rows and any_word and len(groups) > 1:
        rows = store().find(groups, scope, every_word=False, limit=limit)
    if rows:
        return [Hit(*row) for row in rows]
    return _nearly(query, scope)[:limit]


def _scope(viewer: Looker, kind: str, body_id: int | None, language: str) -> Scope:
    offices = viewer.offices_with(f"{kind}.view") if viewer.is_staff else ()
    bodies = viewer.body_ids if viewer.is_staff else ()
    if body_id is not None:
        bodies = (body_id,) if not viewer.is_staff or body_id in bodies else ()
    return Scope(kind=kind, offices=offices, bodies=bodies, owner=viewer.person_id, language=language)


def _groups(
    query: str, languages: tuple[str, ...], is_typing: bool, synonyms: Mapping[str, Iterable[str]]
) -> list[list[Term]]:
    groups = []
    for group in analyzer.query_terms(languages, query):
        others = [term for word in synonyms.get(group[0], ()) for term in analyzer.query_terms(languages, word)[0]]
        groups.append([Term(text) for text in dict.fromkeys([*group, *others]) if text])
    groups = [group for group in groups if group]
    if groups and is_typing and not query[-1:].isspace():
        groups[-1].append(Term(groups[-1][0].text, is_prefix=True))
    return groups


def _nearly(query: str, scope: Scope) -> list[Hit]:
    asked = [word for word in analyzer.words(query) if len(word) > 3]
    if not asked:
        return []
    found = []
    for object_id, title in store().similar_titles(" ".join(asked), scope):
        nearness = _nearness(asked, title.split())
        if nearness:
            found.append(Hit(object_id=object_id, part=0, score=nearness))
    return sorted(found, key=lambda hit: (-hit.score, -hit.object_id))


def _nearness(asked: list[str], title: list[str]) -> float:
    """How close the title comes to every word asked for: 0 when one is missing, 1 when all are there letter by letter.

    One slip is forgiven in a short word, two from eight letters on; a swap of neighbours is one slip.
    """
    from rapidfuzz.distance import OSA  # three megabytes that only a search which found nothing needs

    total = 0.0
    for word in asked:
        slips = 1 + (len(word) >= 8)
        nearest = min((OSA.distance(word, other, score_cutoff=slips) for other in title), default=slips + 1)
        if nearest > slips:
            return 0.0
        total += 1 - nearest / len(word)
    return total / len(asked)
