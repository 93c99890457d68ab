from tests.sla.conftest import office  # noqa: F401  the same office: one whose answers can leave
