import factory

from apps.omnichannel.models import Channel
from tests.factories.accounts import OfficeFactory


class ChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Channel

    office = factory.SubFactory(OfficeFactory)
    kind = "fake"
    name = factory.Sequence(lambda n: f"Door {n}")
    slug = factory.Sequence(lambda n: f"door-{n}")
    address = factory.Sequence(lambda n: f"door{n}@olmo.example")
