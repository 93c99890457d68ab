"""Who finds the right article: the program at the window, plain FTS5 and PostgreSQL's ranking, asked the same
questions in the same run. `python -m bench.answers [--scale] [--fit]`.

DATABASE_URL on PostgreSQL adds that side (its tables are temporary); without it the line is left out and said so.
`--scale` measures 2,000 articles with 20,000 wordings; `--fit` fits the built-in weights anew to the town's articles.
"""

import argparse
import json
import os
import random
import re
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
WEIGHTS = Path("apps/bot/answering/weights.json")
CONFIGS = {"es": "spanish", "it": "italian", "en": "english", "pt": "portuguese"}
GOALS = {"first": 0.85, "in_three": 0.95, "refused": 0.90, "wrongly_refused": 0.05}
WORD = re.compile(r"\w+")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.answers")
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    if options.fit:
        fit()
        return 0
    for line in scale() if options.scale else quality():
        print(json.dumps(line), flush=True)
    return 0


def fit() -> None:
    from apps.bot.answering.training import train
    from apps.demo.answering import sources

    WEIGHTS.write_text(json.dumps(train(sources()).as_json(), indent=1) + "\n")


def quality() -> Any:
    from apps.bot.answering.answerer import Answerer
    from apps.bot.answering.index import Index
    from apps.bot.knowledge import built_in_weights
    from apps.demo.answering import sources
    from tests.bot.labelled import labelled

    town, questions = sources(), labelled()
    answerer = Answerer(Index(town), built_in_weights())

    def ours(text: str, language: str) -> tuple[list[str], bool]:
        answer = answerer.answer(text, language)
        return [found.key for found in answer.found], answer.is_refused

    sides: dict[str, Callable[[str, str], tuple[list[str], bool]]] = {"program": ours, "fts5": fts5(town)}
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        sides["postgresql"] = postgresql(town)
    else:
        print("DATABASE_URL names no PostgreSQL: that side is left out.", file=sys.stderr)
    for name, ask in sides.items():
        yield {"side": name, **judged(questions, ask)}
        for code in CONFIGS:
            yield {"side": name, "language": code, **judged([q for q in questions if q.language == code], ask)}


def judged(questions: Sequence[Any], ask: Callable[[str, str], tuple[list[str], bool]]) -> dict[str, Any]:
    first = three = wrongly = refused = inside = 0
    took = []
    for question in questions:
        began = time.perf_counter()
        found, is_refused = ask(question.text, question.language)
        took.append(time.perf_counter() - began)
        right = set(question.key.split(",")) if question.key else set()
        inside += bool(right)
        first += bool(right) and bool(found) and found[0] in right
        three += bool(right & set(found[:3]))
        wrongly += bool(right) and is_refused
        refused += not right and is_refused
    outside = len(questions) - inside
    return {
        "questions": inside,
        "out_of_scope": outside,
        "first": round(first / inside, 3),
        "in_three": round(three / inside, 3),
        "wrongly_refused": round(wrongly / inside, 3),
        "refused": round(refused / outside, 3) if outside else None,
        "p95_ms": round(sorted(took)[int(len(took) * 0.95)] * 1000, 1),
    }


def fts5(town: Sequence[Any]) -> Callable[[str, str], tuple[list[str], bool]]:
    """The same words, wordings included, any word will do, ordered by its own bm25."""
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE page USING fts5(key UNINDEXED, language UNINDEXED, title, rest, "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    for source in town:
        rest = " \n ".join([source.summary, *source.wordings, source.text])
        db.execute("INSERT INTO page VALUES (?, ?, ?, ?)", (source.key, source.language, source.title, rest))

    def ask(text: str, language: str) -> tuple[list[str], bool]:
        query = " OR ".join(f'"{word}"' for word in WORD.findall(text.lower()))
        rows = db.execute(
            "SELECT key FROM page WHERE page MATCH ? ORDER BY language <> ?, bm25(page, 0, 0, 4.0, 1.0) LIMIT 20",
            (query or '""', language),
        ).fetchall()
        found = list(dict.fromkeys(key for (key,) in rows))
        return found, not found

    return ask


def postgresql(town: Sequence[Any]) -> Callable[[str, str], tuple[list[str], bool]]:
    """The same words under each language's own configuration, any word will do, ordered by ts_rank."""
    from django.db import connection

    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE page (key text, language text, words tsvector)")
    for source in town:
        config = CONFIGS[source.language]
        rest = " \n ".join([source.summary, *source.wordings, source.text])
        cursor.execute(
            "INSERT INTO page VALUES (%s, %s, setweight(to_tsvector(%s::regconfig, %s), 'A') || "
            "setweight(to_tsvector(%s::regconfig, %s), 'B'))",
            [source.key, source.language, config, source.title, config, rest],
        )

    def ask(text: str, language: str) -> tuple[list[str], bool]:
        query = " | ".join(WORD.findall(text.lower())) or "x"
        cursor.execute(
            "SELECT key FROM page, to_tsquery(%s::regconfig, %s) asked WHERE words @@ asked "
            "ORDER BY language <> %s, ts_rank(words, asked) DESC LIMIT 20",
            [CONFIGS[language], query, language],
        )
        found = list(dict.fromkeys(key for (key,) in cursor.fetchall()))
        return found, not found

    return ask


def scale(articles: int = 2_000, wordings: int = 20_000) -> Any:
    """Made-up articles out of the town's words: as many, as long, each about words of its own."""
    from apps.bot.answering.answerer import Answerer
    from apps.bot.answering.index import Index
    from apps.bot.answering.training import train
    from apps.demo.answering import sources

    town = sources()
    made = made_up(town, articles, wordings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    weights = train(made)
    yield {"work": "training", "seconds": round(time.perf_counter() - began, 1), "goal": 60}
    began = time.perf_counter()
    answerer = Answerer(Index(made), weights)
    yield {"work": "laying out without kept vectors", "seconds": round(time.perf_counter() - began, 1)}
    chance = random.Random(3)
    asked = [(chance.choice(source.wordings), source.language) for source in chance.sample(made, 300)]
    took = []
    for text, language in asked:
        began = time.perf_counter()
        answerer.answer(text, language)
        took.append(time.perf_counter() - began)
    took.sort()
    yield {
        "work": "answer",
        "articles": articles,
        "wordings": wordings,
        "pieces": len(answerer.index.pieces),
        "p50_ms": round(took[150] * 1000, 1),
        "p95_ms": round(took[285] * 1000, 1),
        "goal_ms": 150,
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield {"work": "memory, training included", "mb_more": round((peak - before) / 1024), "goal": 300}


def made_up(town: Sequence[Any], articles: int, wordings: int) -> list[Any]:
    from dataclasses import replace

    chance = random.Random(11)
    words = sorted({word for source in town for word in WORD.findall(source.text.lower()) if len(word) > 4})
    found = []
    for number in range(articles):
        like = town[number % len(town)]
        own = chance.sample(words, 4)
        asked = [
            " ".join([*chance.choice(like.wordings or (like.title,)).split()[:5], *chance.sample(own, 2)])
            for _n in range(wordings // articles)
        ]
        found.append(
            replace(like, key=f"{like.key}-{number}", title=f"{like.title} {' '.join(own[:2])}", wordings=tuple(asked))
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
