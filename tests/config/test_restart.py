"""What a restart does to whoever is connected, seen on the real server with a small application behind it (R-30)."""

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import asyncio, sys
import django
django.setup()
from config.server import Server

async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await asyncio.sleep(float(scope["query_string"] or 0))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"whole"})

class Loud:
    def start(self): print("service started", flush=True)
    def stop(self): print("service stopped", flush=True)

Server(application, [f"tcp:port={sys.argv[1]}:interface=127.0.0.1"], services=[Loud()],
       when_listening=lambda: print("listening", flush=True)).run()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port)],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "listening\n"
    process.port = port
    yield process
    process.kill()
    process.wait()


def test_r_30_sockets_are_told_to_come_back(server):
    with connect(f"ws://127.0.0.1:{server.port}/") as peer:
        server.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            peer.recv(timeout=10)
    assert closed.value.rcvd.code == 4012
    assert server.wait(10) == 0


def test_r_30_a_running_request_is_answered_whole_and_nobody_new_is_let_in(server):
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(urllib.request.urlopen(f"http://127.0.0.1:{server.port}/?2", timeout=10).read())
    )
    asking.start()
    time.sleep(0.5)
    server.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=2)
    asking.join()
    assert answers == [b"whole"]
    assert server.wait(10) == 0


def test_r_30_services_stop_last_and_are_awaited(server):
    assert server.stdout.readline() == "service started\n"
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0
    assert server.stdout.read() == "service stopped\n"


def test_a_frame_that_is_too_large_is_told_so_before_the_line_is_cut(server):
    with connect(f"ws://127.0.0.1:{server.port}/") as peer:
        peer.send("x" * (64 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            peer.recv(timeout=10)
    assert closed.value.rcvd.code == 1009
