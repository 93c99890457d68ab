"""Measure what was promised: `python -m bench [pages] [mails] [doors] [chat] [watchers]`.

Needs DATABASE_URL; with REDIS_URL several processes run, without it all in one (pages and mails only). First fill it:
`python manage.py migrate && python bench/volume.py 100000`. Each line is one JSON object; read ratios beside the floor
of the same run, never a figure alone. Rounds with `steal` above 0.05 are no basis for a ratio.
"""

import argparse
import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
os.environ.setdefault("ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED", "1000000")
os.environ.setdefault("ACUDO_AUTOMATIC_PER_HOUR", "1000000")
os.environ.setdefault("ACUDO_LOG_LEVEL", "ERROR")
os.environ.setdefault("EMAIL_URL", "dummymail://")


def main() -> int:
    if not os.environ.get("DATABASE_URL"):
        print("Say which database with DATABASE_URL; with REDIS_URL several processes run, without it all in one.")
        return 2
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("works", nargs="*", metavar="WORK", help="pages, mails, doors, chat, watchers")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()

    import django

    django.setup()
    from apps.tickets.models import Ticket
    from bench import chat, mail_doors, mails, pages, watchers

    count = Ticket.objects.count()
    print(json.dumps({"tickets": count}))
    works = {
        "pages": lambda: pages.run(count, rounds=options.rounds),
        "mails": mails.run,
        "doors": mail_doors.run,
        "chat": chat.run,
        "watchers": watchers.run,
    }
    for name in options.works or works:
        for result in works[name]():
            print(json.dumps(result), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
