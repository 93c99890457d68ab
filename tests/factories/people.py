import factory

from apps.people.models import Identity, Person
from tests.factories.accounts import OfficeFactory


class PersonFactory(factory.django.DjangoModelFactory):
    """A person of a body; `email=` gives them an address."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    body = factory.SubFactory(OfficeFactory)
    full_name = factory.Sequence(lambda n: f"Person {n}")
    language = "en"

    @factory.post_generation
    def email(self, create, address, **kwargs):
        if create and address:
            Identity.objects.create(body=self.body, person=self, kind="email", handle=address)
