"""The OpenAPI document, with every refusal described."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

REFUSAL = {
    "type": "object",
    "required": ["code", "message", "detail"],
    "properties": {
        "code": {"type": "string", "description": "for programs; stays the same"},
        "message": {"type": "string", "description": "for people; in the language of the request"},
        "detail": {"type": "object", "additionalProperties": True, "description": "by field, or of the refusal"},
    },
}
REASONS = {
    "400": "Something in the body or the parameters cannot be used, is not known or may not be written.",
    "401": "No key, or one that does not work.",
    "403": "The thing can be seen but this may not be done with it.",
    "404": "There is nothing here that this key may see.",
    "409": "It changed meanwhile, or the move is not possible from here.",
    "413": "The request is too large.",
    "422": "It was understood and a rule of the desk refuses it.",
    "429": "Too many requests; Retry-After says how many seconds to wait.",
}
ALWAYS = ("400", "401", "404", "429")
WHEN_WRITING = ("403", "409", "413", "422")


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The same for everybody: it describes, it shows nothing."""
    return HttpResponse(_as_json(), content_type="application/vnd.oai.openapi+json")


def add_refusals(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the generator: each operation lists what it may refuse, in one shape."""
    result["components"].setdefault("schemas", {})["Refusal"] = REFUSAL
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for code in ALWAYS if method == "get" else (*ALWAYS, *WHEN_WRITING):
                operation["responses"].setdefault(code, {"description": REASONS[code], "content": content})
    return result


@cache
def _as_json() -> bytes:
    with translation.override("en"):
        return OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True))
