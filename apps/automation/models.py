"""What the desk says by itself."""

from django.db import models
from django.db.models import Q

from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText


class Acknowledgement(TimeStamped):
    """The words with which an office, or one channel of it, says "we have it". Without a row the built-in words."""

    office = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="acknowledgements")
    channel = models.OneToOneField(
        "omnichannel.Channel", null=True, blank=True, on_delete=models.CASCADE, related_name="acknowledgement"
    )
    is_active = models.BooleanField(default=True)
    open_texts = TranslatedText(help_text="while somebody is there; placeholders: reference, office, next_opening")
    closed_texts = TranslatedText(help_text="outside hours")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office"], condition=Q(channel=None), name="one_acknowledgement_an_office")
        ]

    def __str__(self) -> str:
        return f"Acknowledgement of {self.channel or self.office}"


class AutomaticAnswer(models.Model):
    """Every automatic answer, sent or held: what the ceilings count (S-08, S-09)."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="automatic_answers")
    body = models.ForeignKey("accounts.Office", on_delete=models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=254)
    held_because = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One acknowledgement a ticket, whoever runs twice.
            models.UniqueConstraint(fields=["ticket"], name="one_acknowledgement_a_ticket")
        ]
        indexes = [
            models.Index(fields=["recipient", "created_at"], name="answers_to_address", condition=Q(held_because="")),
            models.Index(fields=["body", "created_at"], name="answers_of_body", condition=Q(held_because="")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.held_because or 'answered'}"
