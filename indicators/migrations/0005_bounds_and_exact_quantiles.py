"""Measures say between which bounds their values lie; medians and quartiles are computed on decimals.

`percentile_cont` turns decimals into doubles: of 4.9, 5.9, 6.9, 7.9, 73.1, 74.1, 75.1, 76.1 it says 40.49999999999999.
`exact_quantile` interpolates between the same two neighbours, and says 40.5.
"""

from django.db import migrations, models

CREATE = """
CREATE FUNCTION exact_quantile(ordered numeric[], share numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ordered[1 + floor(place)::int]
         + (place - floor(place)) * (ordered[1 + ceil(place)::int] - ordered[1 + floor(place)::int])
    FROM (SELECT (cardinality(ordered) - 1) * share AS place) AS found
$$;
"""

DROP = "DROP FUNCTION exact_quantile(numeric[], numeric);"


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_methods")]  # noqa: RUF012 -- Django's own form
    operations = [  # noqa: RUF012
        migrations.RunSQL(CREATE, DROP),
        migrations.AddField(
            model_name="measure",
            name="lowest",
            field=models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
        ),
        migrations.AddField(
            model_name="measure",
            name="highest",
            field=models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
        ),
    ]
