"""Letters the portal writes. They hold nothing that anybody typed (S-09)."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import Office
from apps.omnichannel.models import Channel
from apps.portal.offices import base_url


def send_link(office: Office, *, address: str, token: str, code: str, language: str) -> None:
    """One letter over the network: call it outside a transaction."""
    with translation.override(language):
        words = {
            "office": office,
            "url": f"{base_url(office)}/{language}/m/{token}/",
            "code": code,
            "language": language,
        }
        letter = EmailMultiAlternatives(
            subject=_("Your link to %(office)s") % {"office": office.name},
            body=render_to_string("portal/mail/link.txt", words),
            from_email=_sender(office),
            to=[address],
            headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        )
        letter.attach_alternative(render_to_string("portal/mail/link.html", words), "text/html")
    letter.send()


def _sender(office: Office) -> str:
    """The office's name before the address of its mailbox; before the installation's where it has none."""
    mailboxes = Channel.objects.active().of_kind("email").filter(office=office, address__contains="@")
    address = mailboxes.order_by("pk").values_list("address", flat=True).first()
    return formataddr((" ".join(office.name.split()), address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
