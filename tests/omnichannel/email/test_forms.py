import pytest

from apps.omnichannel.email.forms import EmailForm

FILLED = {"address": "Help@Desk.Olmo.example", "aliases": "info@olmo.example\n\nHola@olmo.example", "smtp_port": "587"}


def test_a_mailbox_is_described_in_plain_values():
    form = EmailForm(FILLED)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["address"] == "help@desk.olmo.example"
    assert form.cleaned_data["aliases"] == ["info@olmo.example", "hola@olmo.example"]
    assert form.cleaned_data["reply_style"] == "plus"
    assert form.cleaned_data["smtp_security"] == "starttls"


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", "nobody"), ("aliases", "nobody"), ("smtp_host", "https://mail.example"), ("smtp_port", "70000")],
)
def test_what_is_no_address_no_host_and_no_port_is_told(field, value):
    assert field in EmailForm({**FILLED, field: value}).errors


def test_s_61_secrets_are_never_written_into_the_page():
    page = EmailForm(
        {**FILLED, "smtp_password": "CANARY", "webhook_key": "CANARY", "webhook_password": "CANARY"}
    ).as_p()
    assert "CANARY" not in page
