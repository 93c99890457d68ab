"""Public holidays by country and region, from the `holidays` library; loaded only where a calendar asks for them."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache


def public_holidays(country: str, region: str, years: Iterable[int], language: str = "") -> dict[date, str]:
    """Date to name, in `language` where the library has it, else in the country's own.

    Raises KeyError when the library does not know the country or the region.
    """
    found: dict[date, str] = {}
    for year in years:
        found.update(_of_year(country.upper(), region, year, language))
    return found


def regions(country: str) -> tuple[str, ...]:
    """The library's short names of a country's regions. Raises KeyError for an unknown country."""
    return tuple(_countries()[country.upper()])


def is_known(country: str, region: str = "") -> bool:
    known = _countries()
    return country.upper() in known and (not region or region in known[country.upper()])


@lru_cache(maxsize=512)
def _of_year(country: str, region: str, year: int, language: str) -> dict[date, str]:
    import holidays

    if not is_known(country, region):
        raise KeyError(f"{country} {region}".strip())
    spoken = _spoken(country, language)
    return dict(holidays.country_holidays(country, subdiv=region or None, years=year, language=spoken))


def _spoken(country: str, language: str) -> str | None:
    """The library's own word for a language ("en_US" for "en"); None where it has only one for this country."""
    import holidays

    own: str | None = getattr(holidays, country).default_language
    wanted = language.partition("-")[0]
    known = [own or "", *holidays.list_localized_countries().get(country, ())]
    return next((code for code in known if wanted and code.partition("_")[0] == wanted), own)


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    import holidays

    return holidays.list_supported_countries()
