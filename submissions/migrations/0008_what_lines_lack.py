from django.db import migrations

# What `completeness` says of lines as they stood before it was kept: no value, not confirmed, no file where one is asked.
LACKING = """
    UPDATE submissions_answer a SET lacking = array_remove(ARRAY[
        CASE WHEN a.value IS NULL AND NOT a.claims_not_applicable THEN 'value' END,
        CASE WHEN a.prefilled_from IS NOT NULL THEN 'confirmation' END,
        CASE WHEN a.value IS NOT NULL
              AND (m.evidence_rule = 'required' OR (m.evidence_rule = '' AND m.evidence_fa || m.evidence_en <> ''))
              AND NOT EXISTS (SELECT 1 FROM submissions_evidence e WHERE e.answer_id = a.id AND e.withdrawn_at IS NULL)
             THEN 'evidence' END
    ]::varchar[], NULL)
    FROM indicators_measure m WHERE m.id = a.measure_id AND m.method <> 'steward'
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0007_lines_and_versions"), ("indicators", "0003_evidence_rules")]

    operations = [migrations.RunSQL(LACKING, migrations.RunSQL.noop)]
