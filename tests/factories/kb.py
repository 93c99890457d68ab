import factory

from apps.kb import services
from apps.kb.models import Category, Translation
from tests.factories.accounts import OfficeFactory, UserFactory


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    body = factory.SubFactory(OfficeFactory)
    slug = factory.Sequence(lambda n: f"shelf-{n}")
    names = factory.LazyAttribute(lambda o: {"es": o.slug, "en": o.slug})


class TranslationFactory(factory.django.DjangoModelFactory):
    """An article in one language, through the real verbs; published unless `is_draft`."""

    class Meta:
        model = Translation

    office = factory.SubFactory(OfficeFactory)
    author = factory.SubFactory(UserFactory)
    language = "es"
    title = factory.Sequence(lambda n: f"Artículo {n}")
    text = "Venga con su carné."
    is_draft = False

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        is_draft, office = kwargs.pop("is_draft"), kwargs.pop("office")
        article = kwargs.pop("article", None)
        if article is None:
            translation = services.create_article(office, **kwargs)
        else:
            translation = services.save_draft(article, **kwargs)
        return translation if is_draft else services.publish(translation, actor=kwargs["author"])
