"""HTTP and WebSocket entrance. Plain ASGI, so that the server stays a choice."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

# Only now are the rooms loaded; what imports models comes after this line.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import re_path  # noqa: E402

from apps.inbox.routing import websocket_urlpatterns as inbox_sockets  # noqa: E402
from apps.omnichannel.webchat.routing import websocket_urlpatterns as webchat_sockets  # noqa: E402
from config.doorman import KnownOriginsOnly, TrustedProxy, WithinLimits, no_such_socket  # noqa: E402

sockets = URLRouter([*inbox_sockets, *webchat_sockets, re_path("", no_such_socket)])  # type: ignore[arg-type]  # an ASGI application, as Channels routes them
application = TrustedProxy(
    ProtocolTypeRouter(
        {
            "http": WithinLimits(http),
            "websocket": KnownOriginsOnly(AuthMiddlewareStack(sockets)),
        }
    )
)
