from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Scripts that a package brings along and no page of ours uses; they import names only a bundler could resolve.
UNUSED = ("django_htmx/",)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Names that change with their content, also inside the imports between our ES modules."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator:
        used = {name: place for name, place in paths.items() if not name.startswith(UNUSED)}
        yield from super().post_process(used, dry_run=dry_run, **options)
