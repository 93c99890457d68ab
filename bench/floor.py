"""The least the same work can cost here: bare Django and bare SQL on the same database, in the same run.

`python -m bench.floor PORT` serves /ping (an empty answer) and /list (25 rows by one indexed query, one small template)
by the same server as the product.
"""

import os
import sys
import time

PAGE = (
    "<html><body><table>{% for row in rows %}<tr><td><a href='/t/{{ row.0 }}'>{{ row.1 }}</a></td><td>{{ row.2 }}</td>"
    "<td>{{ row.3|date:'Y-m-d H:i' }}</td></tr>{% endfor %}</table></body></html>"
)


def serve(port: int) -> None:
    import environ
    from django.conf import settings

    settings.configure(
        SECRET_KEY="x" * 50,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"list.html": PAGE})]},
            }
        ],
    )
    import django

    django.setup()
    from daphne.server import Server
    from django.core.asgi import get_asgi_application

    Server(get_asgi_application(), [f"tcp:port={port}:interface=127.0.0.1"], signal_handlers=True).run()


def ping(request):
    from django.http import HttpResponse

    return HttpResponse("ok")


def listing(request):
    from django.db import connection
    from django.shortcuts import render

    with connection.cursor() as cursor:
        cursor.execute(LIST)
        return render(request, "list.html", {"rows": cursor.fetchall()})


LIST = (
    "SELECT public_id, subject, status, opened_at FROM tickets_ticket "
    "WHERE status IN ('new', 'open', 'waiting', 'on_hold') ORDER BY opened_at, id LIMIT 25"
)


def mails_a_second(raws: list[bytes]) -> float:
    """Parse with the standard library, store one row with the picture in one transaction."""
    from email import message_from_bytes

    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS floor_mail (name text unique, subject text, "
            "body text, html text, attachment bytea)"
        )
        began = time.perf_counter()
        for number, raw in enumerate(raws):
            mail = message_from_bytes(raw)
            parts: dict[str, bytes] = {}
            for part in mail.walk():
                if not part.is_multipart():
                    parts.setdefault(part.get_content_type(), part.get_payload(decode=True))
            with transaction.atomic():
                cursor.execute(
                    "INSERT INTO floor_mail (name, subject, body, html, attachment) VALUES (%s, %s, %s, %s, %s)",
                    [
                        f"{began}-{number}",
                        mail["Subject"],
                        parts["text/plain"].decode(),
                        parts["text/html"].decode(),
                        parts["image/png"],
                    ],
                )
        return len(raws) / (time.perf_counter() - began)


def urlpatterns_of():
    from django.urls import path

    return [path("ping", ping), path("list", listing)]


def __getattr__(name):
    if name == "urlpatterns":
        return urlpatterns_of()
    raise AttributeError(name)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
