"""What is found, by whom, in which language. Rooms above hand in plain data; the terms lie in the store beside it."""

from django.db import models

from apps.core.models import TimeStamped


class Visibility(models.TextChoices):
    STAFF = "staff"  # only who works here: notes, internal articles
    OWNER = "owner"  # and the person it belongs to: what was said in public on a ticket
    PUBLIC = "public"  # and everybody who looks at this body's pages


class SearchDocument(TimeStamped):
    """One findable part of one thing: the subject of a ticket (part 0), one of its messages, an article.

    The analysed terms are kept where the database searches best: in the column `terms` (tsvector) on PostgreSQL, in
    the tables `search_terms` and `search_titles` (FTS5) on SQLite. `apps.search.stores` alone knows them.
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    part = models.BigIntegerField(default=0)
    office_id = models.BigIntegerField(null=True)
    body_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    visibility = models.CharField(max_length=6, choices=Visibility)
    language = models.CharField(max_length=5, blank=True)
    title = models.CharField(max_length=250, blank=True, help_text="as it is compared: folded; only on part 0")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "part"], name="one_document_a_part")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}.{self.part}"
