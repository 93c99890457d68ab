import factory

from apps.accounts import permissions
from apps.accounts.models import Membership, Office, Role, Team, User


class OfficeFactory(factory.django.DjangoModelFactory):
    """A body of its own, unless a parent is given."""

    class Meta:
        model = Office

    name = factory.Sequence(lambda n: f"Office {n}")
    slug = factory.Sequence(lambda n: f"office-{n}")
    languages = ["es", "en"]


class RoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Role
        django_get_or_create = ("key",)

    key = "agent"
    name = factory.LazyAttribute(lambda o: permissions.BUILT_IN[o.key][0])
    permissions = factory.LazyAttribute(lambda o: permissions.BUILT_IN[o.key][1])


class UserFactory(factory.django.DjangoModelFactory):
    """A user; `user_in` below also gives them work."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    full_name = factory.Sequence(lambda n: f"Agent {n}")
    email = factory.Sequence(lambda n: f"agent{n}@desk.example")
    password = factory.django.Password("secret")
    language = "en"

    @factory.post_generation
    def office(self, create, office, **kwargs):
        if create and office:
            Membership.objects.create(user=self, office=office, role=RoleFactory(key=kwargs.get("role", "agent")))


def user_in(office, role="agent", **fields):
    """Somebody who works in that office in that role."""
    return UserFactory(office=office, office__role=role, **fields)


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"Team {n}")
    slug = factory.Sequence(lambda n: f"team-{n}")
