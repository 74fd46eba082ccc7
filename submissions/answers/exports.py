"""Self-assessments as spreadsheets, without points; and all marks of a cycle, for those who see
results early.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from cycles.spreadsheets import exports as spreadsheets_exports
from submissions.models import Submission

WHOLE = widgets.IntegerWidget(coerce_to_string=False)


class SubmissionResource(resources.ModelResource):
    """One self-assessment a row, as the list shows it."""

    year = fields.Field(attribute="cycle__year", column_name="assessed_year", widget=WHOLE)
    code = fields.Field(attribute="agency__code", column_name="agency_code")
    name_fa = fields.Field(attribute="agency__name_fa", column_name="agency_fa")
    name_en = fields.Field(attribute="agency__name_en", column_name="agency_en")
    lines = fields.Field(attribute="lines", column_name="lines_to_answer", widget=WHOLE)
    lines_done = fields.Field(attribute="lines_done", column_name="lines_answered", widget=WHOLE)

    class Meta:
        model = Submission
        fields = (
            "year",
            "code",
            "name_fa",
            "name_en",
            "state",
            "lines",
            "lines_done",
            "submitted_at",
        )
        export_order = fields


class BoardResource(SubmissionResource):
    """... with how far the assessors are, for the authority only."""

    blocks_total = fields.Field(attribute="blocks_total", column_name="blocks", widget=WHOLE)
    blocks_done = fields.Field(
        attribute="blocks_done", column_name="blocks_handed_in", widget=WHOLE
    )

    class Meta:
        model = Submission
        fields = (*SubmissionResource.Meta.fields, "blocks_total", "blocks_done")
        export_order = fields


def submissions_as_xlsx(submissions: QuerySet[Submission], *, with_blocks: bool) -> bytes:
    resource = BoardResource() if with_blocks else SubmissionResource()
    return spreadsheets_exports.write_dataset(
        resource.export(submissions), "xlsx", title=_("Self-assessments")
    )
