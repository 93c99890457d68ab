"""The least a chat can cost here: a Channels consumer that commits an insert and an update, then writes to the other
side's socket. `python -m bench.chat_floor PORT`; sockets at /a<n> write to /b<n>."""

import os
import sys
from typing import Any

PEERS: dict[str, Any] = {}


def serve(port: int) -> None:
    import environ
    from django.conf import settings

    settings.configure(
        SECRET_KEY="x" * 50,
        DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
    )
    import django

    django.setup()
    from channels.db import database_sync_to_async
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.routing import ProtocolTypeRouter
    from daphne.server import Server
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS floor_talk (id int primary key, n int, at timestamptz)")
        cursor.execute("CREATE TABLE IF NOT EXISTS floor_said (id bigserial primary key, talk int, text text)")
        cursor.execute("INSERT INTO floor_talk SELECT g, 0, now() FROM generate_series(0, 99) g ON CONFLICT DO NOTHING")

    def keep(talk: int, text: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO floor_said (talk, text) VALUES (%s, %s)", [talk, text])
            cursor.execute("UPDATE floor_talk SET n = n + 1, at = now() WHERE id = %s", [talk])

    class Talk(AsyncWebsocketConsumer):
        async def connect(self) -> None:
            self.name = self.scope["path"].strip("/")
            PEERS[self.name] = self
            await self.accept()

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
            talk = int(self.name[1:])
            await database_sync_to_async(keep, thread_sensitive=False)(talk, text_data or "")
            await PEERS[f"b{talk}"].send(text_data)

    application = ProtocolTypeRouter({"websocket": Talk.as_asgi()})
    Server(application, [f"tcp:port={port}:interface=127.0.0.1"], signal_handlers=True).run()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
