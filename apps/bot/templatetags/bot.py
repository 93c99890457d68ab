from django import template

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """ "94 %"; a dash where nothing was counted."""
    return "–" if share is None or share == "" else f"{share * 100:.0f} %"
