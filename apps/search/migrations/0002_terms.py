"""Where the terms lie: beside the row on PostgreSQL, in two full-text tables on SQLite."""

from django.db import migrations

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "ALTER TABLE search_searchdocument ADD COLUMN terms tsvector NOT NULL DEFAULT ''",
    # A short pending list: what was just written is looked through one by one at every search.
    "CREATE INDEX search_terms ON search_searchdocument USING gin (terms) WITH (gin_pending_list_limit = 256)",
    "CREATE INDEX search_titles ON search_searchdocument USING gin (title gin_trgm_ops) WHERE title <> ''",
]
SQLITE = [
    "CREATE VIRTUAL TABLE search_terms USING fts5("
    "title, body, tokenize=\"unicode61 remove_diacritics 2 tokenchars '_'\", prefix='3', detail=column)",
    "CREATE VIRTUAL TABLE search_titles USING fts5(title, tokenize='trigram')",
]


def make(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdocument DROP COLUMN terms")
        schema_editor.execute("DROP INDEX search_titles")
    else:
        schema_editor.execute("DROP TABLE search_terms")
        schema_editor.execute("DROP TABLE search_titles")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make, unmake, elidable=False)]
