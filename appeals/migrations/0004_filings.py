"""What was filed before filings were kept gets one, and from now on nothing is filed without."""

import hashlib

from django.db import migrations


def gather(apps, schema_editor):
    Appeal, Filing = apps.get_model("appeals", "Appeal"), apps.get_model("appeals", "Filing")
    filed = Appeal.objects.filter(filed_at__isnull=False, filing=None).order_by("filed_at", "pk")
    for appeal in filed:
        sitting = {"submission": appeal.submission, "filed_at": appeal.filed_at, "filed_by": appeal.filed_by}
        number = Filing.objects.filter(submission=appeal.submission).count() + 1
        text = "[]"
        of = {"cycle": appeal.cycle, "agency": appeal.agency, "number": number, "content": text}
        of |= {"sha256": hashlib.sha256(text.encode()).hexdigest(), "filed_as": "head"}
        appeal.filing, _made = Filing.objects.get_or_create(**sitting, defaults=of)
        appeal.save(update_fields=["filing"])


class Migration(migrations.Migration):
    dependencies = [("appeals", "0003_hearings")]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop, elidable=True)]
