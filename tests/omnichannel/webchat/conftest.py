import pytest
from channels.layers import channel_layers
from channels.testing import WebsocketCommunicator

from apps.core.layers import LocalChannelLayer
from apps.omnichannel.webchat import consumers, tokens
from config.asgi import application
from tests.factories.omnichannel import ChannelFactory

ORIGIN = (b"origin", b"http://testserver")


@pytest.fixture
def office_chat(db):
    return new_chat()


@pytest.fixture
def chat(transactional_db):
    """A chat for tests with sockets: their threads read what is committed."""
    return new_chat()


@pytest.fixture(autouse=True)
def own_layer():
    """Each test rings its own bells: the layer of a live server belongs to the server's loop."""
    old = channel_layers["default"]
    channel_layers.set("default", LocalChannelLayer())
    consumers.sockets_of_visitor.__init__()
    consumers.strangers_at_address.__init__()
    yield
    channel_layers.set("default", old)


def new_chat(**fields):
    chat = ChannelFactory(kind="webchat", settings={"allowed_domains": ["https://www.olmo.example"]}, **fields)
    chat.office.name = "Biblioteca Olmo"
    chat.office.languages = ["es", "en"]
    chat.office.save()
    return chat


class Window:
    """A browser at the chat, as the server sees one."""

    def __init__(self, chat, token=None, *, origin=ORIGIN, language="en", address="192.0.2.1"):
        self.chat, self.token = chat, token or tokens.mint(chat.key)
        headers = [origin] if origin else []
        if self.token != "none":
            headers.append((b"cookie", f"{tokens.cookie_name(chat.key)}={self.token}".encode()))
        self.socket = WebsocketCommunicator(application, f"/ws/widget/{chat.key}/?lang={language}", headers)
        self.socket.scope["client"] = [address, 1]
        self.conversation, self.after = None, 0

    async def open(self):
        is_open, self.code = await self.socket.connect(timeout=20)
        return is_open

    async def hello(self, **more):
        await self.socket.send_json_to({"t": "hello", "conversation": self.conversation, "after": self.after, **more})
        return await self.hear("welcome")

    async def arrive(self):
        assert await self.open()
        return await self.hello()

    async def say(self, text, name="message-0001", **more):
        await self.socket.send_json_to({"t": "say", "id": name, "text": text, **more})

    async def hear(self, kind=None, timeout=5):
        while True:
            message = await self.socket.receive_json_from(timeout)
            if message.get("conversation"):
                self.conversation = message["conversation"]
            if kind is None or message["t"] == kind:
                return message

    async def leave(self):
        await self.socket.disconnect(timeout=20)


@pytest.fixture
async def window(chat):
    opened = []

    async def make(token=None, on=None, **more):
        opened.append(Window(on or chat, token, **more))
        return opened[-1]

    yield make
    for one in opened:
        await one.leave()
