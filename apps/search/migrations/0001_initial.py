from django.db import migrations, models

import apps.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                ("kind", models.CharField(max_length=20)),
                ("object_id", models.BigIntegerField()),
                ("part", models.BigIntegerField(default=0)),
                ("office_id", models.BigIntegerField(null=True)),
                ("body_id", models.BigIntegerField(null=True)),
                ("owner_id", models.BigIntegerField(null=True)),
                (
                    "visibility",
                    models.CharField(
                        choices=[("staff", "Staff"), ("owner", "Owner"), ("public", "Public")], max_length=6
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=5)),
                (
                    "title",
                    models.CharField(
                        blank=True, help_text="as it is compared: folded; only on part 0", max_length=250
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id", "part"), name="one_document_a_part")
                ],
            },
        ),
    ]
