"""Refuse, to everybody, any change of the official record."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the official record is never changed (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON cycles_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON cycles_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

ALLOW = """
DROP TRIGGER no_truncate ON cycles_entry;
DROP TRIGGER no_change ON cycles_entry;
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("cycles", "0001_initial")]  # noqa: RUF012 -- Django's own form
    operations = [migrations.RunSQL(REFUSE, ALLOW)]  # noqa: RUF012
