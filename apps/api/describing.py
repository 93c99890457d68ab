"""How an operation that writes is described in the OpenAPI document."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema

from apps.api.idempotency import HEADER, LONGEST

KEY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST},
    OpenApiParameter.HEADER,
    description=(
        "A new random text for each thing to be done. Sent again within 24 hours with the same request, nothing is "
        "done a second time and the first answer comes again, with `Idempotency-Replayed: true`. With another "
        "request it is refused with 422 `key_reused`. Refusals are not remembered."
    ),
)


def writing(
    *,
    takes: Any = None,
    gives: Any,
    code: int = 200,
    example: Any = None,
    once: bool = False,
    dates: tuple[str, ...] = (),
) -> Callable:
    """`once`: honours an Idempotency-Key. `dates`: parts of the address that are dates."""
    parameters = [KEY_PARAMETER] if once else []
    parameters += [OpenApiParameter(name, {"type": "string", "format": "date"}, "path") for name in dates]
    examples = [OpenApiExample("Example", value=example, request_only=True)] if example is not None else []
    return extend_schema(request=takes, responses={code: gives}, examples=examples, parameters=parameters)
