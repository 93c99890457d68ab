"""What goes wrong on the way in: a process that died with a mailbox in its hands, a mail that comes twenty times."""

import os
import subprocess
import threading

from django.db import connection

from apps.omnichannel import services
from apps.omnichannel.conservation import balance
from apps.omnichannel.email import fetcher
from apps.omnichannel.models import Delivery, Envelope
from apps.omnichannel.ports import RawInput
from apps.tickets.models import Message, Ticket
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email.conftest import mail

TIMES = 20


def test_who_died_on_this_machine_is_not_waited_for():
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert fetcher.is_gone(f"{fetcher.HOST}:{gone.pid}:ab:cd")
    assert fetcher.is_gone(f"{fetcher.HOST}:{os.getpid()}:another:cd")
    assert not fetcher.is_gone(f"{fetcher.HOST}:{os.getpid()}:{fetcher.PROCESS}:cd")
    assert not fetcher.is_gone(f"{fetcher.HOST}:{os.getppid()}:ab:cd")
    assert not fetcher.is_gone(f"elsewhere:{gone.pid}:ab:cd")
    assert not fetcher.is_gone("")


def test_r_04_the_same_mail_twenty_times_at_once_is_one_mail(transactional_db):
    channel = ChannelFactory(kind="email", address="help@desk.olmo.example")
    raw = mail("¿Abren hoy?")
    ready = threading.Barrier(TIMES)
    troubles: list[BaseException] = []

    def arrive() -> None:
        try:
            ready.wait(20)
            envelope = services.store(channel, RawInput(raw, "command"))
            services.process(envelope.pk)
        except BaseException as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    assert (Envelope.objects.count(), Ticket.objects.count()) == (1, 1)
    assert Message.objects.filter(direction="in").count() == 1
    assert Delivery.objects.count() == 1  # the acknowledgement
    assert balance()["is_balanced"]
