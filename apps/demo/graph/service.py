"""The stand-in beside the demo: a thread of `manage.py up`, asleep until somebody opens its page."""

import logging
import threading
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)


class FakeGraph:
    """Nothing is loaded and no port opened where none is configured."""

    def __init__(self) -> None:
        self.server: Any = None

    def start(self) -> None:
        if not settings.ACUDO_GRAPH_PORT:
            return
        from apps.demo.graph.server import serve
        from apps.demo.graph.world import World

        world = World(file=settings.VAR_DIR / "fake-graph.json")
        try:
            self.server = serve(world, host="127.0.0.1", port=settings.ACUDO_GRAPH_PORT, callback=callback())
        except OSError:
            log.warning("port %s is taken: no page to play citizen on (GRAPH_PORT)", settings.ACUDO_GRAPH_PORT)
            return
        threading.Thread(target=self.server.serve_forever, name="fake-graph", daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.postman.stop()
            self.server.shutdown()
            self.server.server_close()


def callback() -> str:
    """The demo page's webhook; its key is the same in every demo."""
    from apps.demo.world import FACEBOOK_KEY

    return f"http://127.0.0.1:{settings.ACUDO_PORT}/hooks/{FACEBOOK_KEY}/"
