"""Who reads reports or sets the hours also plans the shifts; a body may take it from a role again."""

from django.db import migrations


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        if {"report.view", "hours.manage"} & set(role.permissions) and "shift.manage" not in role.permissions:
            role.permissions = [*role.permissions, "shift.manage"]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("hours", "0003_shifts"), ("accounts", "0003_user_session_epoch")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
