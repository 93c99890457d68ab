"""The words of the acknowledgement, edited and seen before anybody gets them."""

import pytest

from apps.automation.models import Acknowledgement
from apps.automation.services import acknowledge
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.tickets import TicketFactory
from tests.inbox.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory(name="Biblioteca Olmo", languages=["es", "en"])


@pytest.fixture
def channel(office):
    return ChannelFactory(office=office, kind="email", name="Consultas")


@pytest.fixture
def admin(office):
    return signed_in(user_in(office, "admin", language="en"))


def test_each_language_is_shown_as_it_reads_before_it_is_kept(admin, channel):
    url = f"/desk/admin/acknowledgements/channel-{channel.pk}/"
    typed = {"is_active": "on", "open_es": "Lo tenemos: {{reference}}. {{office}}", "preview": "1"}
    page = admin.post(url, typed).content.decode()
    assert "Lo tenemos: " in page and "Biblioteca Olmo" in page and not Acknowledgement.objects.exists()
    admin.post(url, {name: typed[name] for name in ("is_active", "open_es")})
    assert Acknowledgement.objects.get().channel == channel


def test_a_text_that_does_not_say_the_number_is_refused(admin, channel):
    answer = admin.post(f"/desk/admin/acknowledgements/channel-{channel.pk}/", {"open_es": "Hola"})
    assert answer.status_code == 422 and not Acknowledgement.objects.exists()


def test_a_channels_words_come_before_its_offices(office, channel):
    Acknowledgement.objects.create(office=office, open_texts={"es": "office {{reference}}"})
    Acknowledgement.objects.create(office=office, channel=channel, open_texts={"es": "channel {{reference}}"})
    said = acknowledge(TicketFactory(office=office, via="email"), recipient="a@b.example", channel=channel)
    assert said.text.startswith("channel ")
    said = acknowledge(TicketFactory(office=office, via="phone"), recipient="c@b.example")
    assert said.text.startswith("office ")
