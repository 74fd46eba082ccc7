from django.db import migrations, models


def forget_readable_codes(apps, schema_editor):
    """Recovery codes that could be worked out from what the database holds; their owners make new ones."""
    authenticators = apps.get_model("mfa", "Authenticator").objects
    authenticators.filter(type="recovery_codes", data__has_key="seed").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_clearances"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RemoveField(model_name="user", name="subject"),
        migrations.AddField(
            model_name="user",
            name="national_id",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="By which the government's identity provider names the person; see agencies.national_ids",
                max_length=10,
                null=True,
                unique=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("national_id__regex", "^[0-9]{10}$")), name="a_national_id_has_ten_digits"
            ),
        ),
        migrations.RunPython(forget_readable_codes, migrations.RunPython.noop),
    ]
