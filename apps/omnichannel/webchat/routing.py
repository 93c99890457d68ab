from django.urls import path

from apps.omnichannel.webchat.consumers import VisitorConsumer

websocket_urlpatterns = [path("ws/widget/<slug:key>/", VisitorConsumer.as_asgi())]
