"""A telephone number as it is kept and compared."""

import phonenumbers


def phone_handle(text: str, region: str) -> str:
    """As two writings of one number become the same: +59824000000, or the bare figures where no country is known."""
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return "".join(c for c in text if c.isdigit())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
