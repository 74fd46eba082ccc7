"""A table that a phone shows as cards: columns in, accessible markup out.

    {% load table %}
    {% table caption=_("Agencies of the group") class="table-vcenter card-table" %}
      {% column _("Agency") %}
      {% column _("Points") number=True %}
    {% rows %}
      {% for agency in agencies %}
        {% row %}
          {% rowheader %}{{ agency.name }}{% endrowheader %}
          {% cell %}{{ agency.points|num }}{% endcell %}
        {% endrow %}
      {% empty %}
        {% row %}{% cell colspan="all" %}{% translate "None yet." %}{% endcell %}{% endrow %}
      {% endfor %}
    {% endtable %}

A style that lays rows out as cards takes their meaning from a screen reader, so each part says its
role outright; a card has no header, so each cell carries the label of its column, which it knows
by its place in the row. Columns, rows and cells may stand in loops, conditions and included
templates. Any other keyword of a tag is an attribute of its element (`id=`, `aria_labelledby=`).
Fragments have the same tags (`agencies/card_table.py`).
"""

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import (
    FilterExpression,
    Parser,
    Token,
    render_value_in_context,
    token_kwargs,
)
from django.utils.safestring import SafeString

from agencies.card_table import END, END_CELL, END_ROW, END_ROWHEADER, ROWS, CardTable

register = template.Library()

Keywords = dict[str, FilterExpression]

TABLE = "the table being written"
"""Its place in the context, under a name that no template can write."""


def read_keywords(parser: Parser, bits: list[str], tag: str) -> Keywords:
    keywords = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"{tag} cannot read {bits[0]}")
    return keywords


def read_content(parser: Parser, end: str) -> NodeList:
    nodes = parser.parse((end,))
    parser.delete_first_token()
    return nodes


class Part(Node):
    """A part of a table with its keywords, whose values are known once it is rendered."""

    def __init__(self, keywords: Keywords, nodelist: NodeList) -> None:
        self.keywords = keywords
        self.nodelist = nodelist

    def values(self, context: Context) -> dict[str, object]:
        return {name: value.resolve(context) for name, value in self.keywords.items()}


class TableNode(Part):
    child_nodelists = ("columns", "nodelist")

    def __init__(self, keywords: Keywords, columns: NodeList, rows: NodeList) -> None:
        super().__init__(keywords, rows)
        self.columns = columns

    def render(self, context: Context) -> SafeString:
        made = CardTable()
        start = made.start(**self.values(context))
        with context.push(**{TABLE: made}):
            columns = self.columns.render(context)
            return SafeString(f"{start}{columns}{ROWS}{self.nodelist.render(context)}{END}")


class ColumnNode(Part):
    """A header, with a link where the column can be sorted by."""

    def __init__(self, label: FilterExpression, keywords: Keywords) -> None:
        super().__init__(keywords, NodeList())
        self.label = label

    def render(self, context: Context) -> SafeString:
        made: CardTable = context[TABLE]
        label = render_value_in_context(self.label.resolve(context), context)
        return made.column(label, **self.values(context))


class RowNode(Part):
    def render(self, context: Context) -> SafeString:
        made: CardTable = context[TABLE]
        start = made.row(**self.values(context))
        return SafeString(f"{start}{self.nodelist.render(context)}{END_ROW}")


class RowHeaderNode(Part):
    def render(self, context: Context) -> SafeString:
        made: CardTable = context[TABLE]
        start = made.rowheader(**self.values(context))
        return SafeString(f"{start}{self.nodelist.render(context)}{END_ROWHEADER}")


class CellNode(Part):
    def render(self, context: Context) -> SafeString:
        made: CardTable = context[TABLE]
        start = made.cell(**self.values(context))
        return SafeString(f"{start}{self.nodelist.render(context)}{END_CELL}")


@register.tag
def table(parser: Parser, token: Token) -> TableNode:
    """Read the columns up to `rows`, then the rows; `caption` is for screen readers, `class` is put
    beside our own.
    """
    tag, *bits = token.split_contents()
    keywords = read_keywords(parser, bits, tag)
    columns = read_content(parser, "rows")
    return TableNode(keywords, columns, read_content(parser, "endtable"))


@register.tag
def column(parser: Parser, token: Token) -> ColumnNode:
    """Read a column's label; `number` marks header and cells as figures, `hidden` keeps the label
    to screen readers, and `link` sorts by the column.
    """
    tag, *bits = token.split_contents()
    if not bits:
        raise TemplateSyntaxError(f"{tag} needs a label")
    return ColumnNode(parser.compile_filter(bits[0]), read_keywords(parser, bits[1:], tag))


@register.tag
def row(parser: Parser, token: Token) -> RowNode:
    tag, *bits = token.split_contents()
    return RowNode(read_keywords(parser, bits, tag), read_content(parser, "endrow"))


@register.tag
def rowheader(parser: Parser, token: Token) -> RowHeaderNode:
    """Read the cell that names its row; on a card it is the heading, without a label."""
    tag, *bits = token.split_contents()
    return RowHeaderNode(read_keywords(parser, bits, tag), read_content(parser, "endrowheader"))


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    tag, *bits = token.split_contents()
    return CellNode(read_keywords(parser, bits, tag), read_content(parser, "endcell"))
