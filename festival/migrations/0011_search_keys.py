"""The keys of every name as they are spelt now, presentation forms and seats of hamza seen through."""

from django.db import migrations

from agencies.text import search_key, sort_key

NAMED = (
    ("agencies", "Province"),
    ("agencies", "Agency"),
    ("cycles", "Holiday"),
    ("cycles", "Group"),
    ("cycles", "Participation"),
    ("festival", "Ceremony"),
    ("festival", "AwardCategory"),
)
AT_ONCE = 1000


def spell_keys(apps, schema_editor):
    for app, name in NAMED:
        rows = apps.get_model(app, name).objects
        changed = []
        for row in rows.only("name_fa", "name_en", "sort_key", "search_key").iterator(AT_ONCE):
            row.sort_key = sort_key(row.name_fa)[:250]
            row.search_key = f"{search_key(row.name_fa)} {search_key(row.name_en)}"[:500]
            changed.append(row)
        rows.bulk_update(changed, ["sort_key", "search_key"], batch_size=AT_ONCE)
    documents = apps.get_model("submissions", "Document").objects
    changed = []
    for document in documents.only("name", "search_key").iterator(AT_ONCE):
        document.search_key = search_key(document.name)[:255]
        changed.append(document)
    documents.bulk_update(changed, ["search_key"], batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0005_clearances"),
        ("cycles", "0013_one_index_less_on_deliveries"),
        ("festival", "0010_report_progress_is_its_jobs"),
        ("submissions", "0014_stewards"),
    ]
    operations = [migrations.RunPython(spell_keys, migrations.RunPython.noop)]
