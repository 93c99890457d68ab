import factory

from apps.catalogue.models import Service
from apps.portal import services as portal
from apps.portal.models import MagicLink
from tests.factories.accounts import OfficeFactory, TeamFactory


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Service

    office = factory.SubFactory(OfficeFactory)
    key = factory.Sequence(lambda n: f"service-{n}")
    names = factory.LazyAttribute(lambda o: {"es": o.key.title(), "en": o.key.title()})
    team = factory.SubFactory(TeamFactory, office=factory.SelfAttribute("..office"))


def come_in(client, person, *, is_shared=False):
    """The client's browser becomes a device of that person, by the real verbs."""
    address = person.handle("email")
    link = MagicLink.objects.create(
        office=person.body, who=address, language="en", person=person, address=address, next_at=None
    )
    entered = portal.access._open_device(link, is_shared)
    client.cookies["acudo_person"] = entered.secret
    return entered.device
