"""The public search over many articles: `DATABASE_URL=… python -m bench.articles [20000]`, after `migrate`.

Fills an empty knowledge base through the verb that brings articles in, then asks questions of one to five words, a
third of them with a slip, as the page does: synonyms, spelling, search and the rows of the list.
"""

import json
import os
import random
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
os.environ.setdefault("ACUDO_LOG_LEVEL", "ERROR")

CHUNK = 500
ASKED = 300


def main(count: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from apps.accounts.viewers import ANONYMOUS
    from apps.demo import world
    from apps.kb import services
    from apps.kb.finding import find
    from apps.kb.models import Article
    from bench.machine import in_ms
    from bench.words import Words

    town, words, started = world.build(), Words(), time.monotonic()
    office, editor = town.offices["biblioteca"], town.users["lia"]
    for first in range(Article.objects.count(), count, CHUNK):
        services.bring_in(
            [_article(number, words, office) for number in range(first, min(first + CHUNK, count))],
            author=editor,
            is_published=True,
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    filled = round(time.monotonic() - started, 1)
    dice = random.Random(5)
    questions = [_question(dice, number, count, words) for number in range(ASKED)]
    body = town.offices["olmo"].pk
    find("primera", ANONYMOUS, language="es", body_id=body)  # the vocabulary is read once in ten minutes
    times, costs, found = [], [], 0
    for question in questions:
        begun, spent = time.perf_counter(), time.process_time()
        found += bool(find(question, ANONYMOUS, language="es", body_id=body).rows)
        times.append(time.perf_counter() - begun)
        costs.append(time.process_time() - spent)
    print(
        json.dumps(
            {
                "work": "public search",
                "database": connection.vendor,
                "articles": count,
                "filled_seconds": filled,
                "answered": round(found / ASKED, 3),
                **in_ms(times),
                "cpu": in_ms(costs),
            }
        )
    )


def _article(number, words, office):
    from apps.kb.services import Incoming, Words

    dice = random.Random(number)
    asked = tuple(words.some(dice, 5) for _ in range(5))
    text = "\n\n".join(words.some(dice, 40) + "." for _ in range(4))
    said = Words("es", f"{words.some(dice, 6)} {number}", text, summary=words.some(dice, 10), asked=asked)
    return Incoming(key=str(number), office=office, words=(said,))


def _question(dice, number, count, words):
    """Words of one article's title or wordings; every third with a letter doubled."""
    own = random.Random(dice.randrange(count))
    said = words.some(own, 5).split()[: dice.randint(1, 5)]
    if number % 3 == 0:
        at = dice.randrange(len(said))
        said[at] = said[at][:2] + said[at][1:]
    return " ".join(said)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
