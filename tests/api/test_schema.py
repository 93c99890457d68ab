"""The document that describes the API."""

from django.urls import URLPattern, URLResolver, get_resolver


def document(client):
    return client.get("/api/v1/schema/").json()


def test_every_operation_is_described_with_its_refusals(client, db):
    paths = document(client)["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            needed = {"400", "401", "404", "429"} | ({"403", "409", "422"} if method != "get" else set())
            assert needed <= set(operation["responses"]), f"{method} {path}"
            assert operation["security"] == [{"token": []}], path


def test_every_route_of_the_api_stands_in_the_document(client, db):
    described = {path.split("{")[0] for path in document(client)["paths"]}
    api = next(p for p in get_resolver().url_patterns if str(p.pattern) == "api/v1/")
    for pattern in flat(api):
        route = f"/api/v1/{pattern.pattern}".split("<")[0]
        assert route in described or route == "/api/v1/schema/", route


def flat(resolver: URLResolver | URLPattern):
    for pattern in getattr(resolver, "url_patterns", [resolver]):
        yield from [pattern] if isinstance(pattern, URLPattern) else flat(pattern)


def test_the_document_says_nothing_is_uncertain(capsys):
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(public=True)
        assert not GENERATOR_STATS._warn_cache and not GENERATOR_STATS._error_cache


def test_every_body_is_described_by_an_example_and_every_creation_takes_a_key(client, db):
    for path, operations in document(client)["paths"].items():
        for method, operation in operations.items():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                assert media != "application/json" or content["examples"], f"{method} {path}"
            names = [parameter["name"] for parameter in operation.get("parameters", ())]
            assert ("Idempotency-Key" in names) == (method == "post"), f"{method} {path}"
