import factory

from apps.tickets import services
from apps.tickets.models import Tag, Ticket
from tests.factories.accounts import OfficeFactory
from tests.factories.people import PersonFactory


class TicketFactory(factory.django.DjangoModelFactory):
    """A ticket opened through the real verb: its first message, its activity and its listeners come with it."""

    class Meta:
        model = Ticket

    office = factory.SubFactory(OfficeFactory)
    requester = factory.SubFactory(PersonFactory, body=factory.SelfAttribute("..office.body"))
    subject = factory.Sequence(lambda n: f"Question {n}")
    text = "When do you open?"
    via = "portal"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        status = kwargs.pop("status", None)
        ticket = services.open_ticket(kwargs.pop("office"), **kwargs)
        if status:
            services.change_status(ticket, to=status, actor=None)
        return ticket


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag

    body = factory.SubFactory(OfficeFactory)
    key = factory.Sequence(lambda n: f"tag-{n}")
    names = factory.LazyAttribute(lambda o: {"es": o.key, "en": o.key})
