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
"""

from html import unescape

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import (
    FilterExpression,
    Parser,
    Token,
    render_value_in_context,
    token_kwargs,
)
from django.utils.html import conditional_escape, escape, format_html, strip_tags
from django.utils.safestring import SafeData, SafeString

register = template.Library()

Keywords = dict[str, FilterExpression]

TABLE = "the table being written"
"""Its place in the context, under a name that no template can write."""


class Columns:
    """The start of each column's cells, and the column of the cell that comes next."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.classes: list[str] = []
        self.starts: list[str] = []
        self.next = 0

    def add(self, label: str, css: str) -> None:
        self.labels.append(label)
        self.classes.append(css)
        self.starts.append(f'<td role="cell"{_attributes({"data-label": label, "class": css})}>')

    def pass_over(self, many: int | str = 1) -> int:
        """Leave a cell's columns behind and answer with the first of them."""
        place = self.next
        self.next = len(self.labels) if many == "all" else place + int(many)
        if not place < self.next <= len(self.labels):
            raise TemplateSyntaxError(f"A row has more cells than its columns: {self.labels}")
        return place


def _escape(value: object) -> str:
    return conditional_escape(value if isinstance(value, SafeData) else str(value))


def _attributes(values: dict[str, object]) -> str:
    """Write the attributes that have a value; `attrs` are written already."""
    written = ""
    for name, value in values.items():
        if value is None or value == "":
            continue
        if name == "attrs":
            written += f" {_escape(value)}"
        else:
            written += f' {name.replace("_", "-")}="{_escape(value)}"'
    return written


def _classes(*names: object) -> str:
    return " ".join(str(name) for name in names if name)


def _keywords(parser: Parser, bits: list[str], tag: str) -> Keywords:
    keywords = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"{tag} cannot read {bits[0]}")
    return keywords


def _content(parser: Parser, end: str) -> NodeList:
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
        values = self.values(context)
        caption = values.pop("caption", "")
        values["class"] = _classes("table table-cards", values.get("class"))
        if caption:
            caption = format_html('<caption class="visually-hidden">{}</caption>', caption)
        with context.push(**{TABLE: Columns()}):
            return SafeString(
                f'<table role="table"{_attributes(values)}>{caption}'
                f'<thead role="rowgroup"><tr role="row">{self.columns.render(context)}</tr></thead>'
                f'<tbody role="rowgroup">{self.nodelist.render(context)}</tbody></table>'
            )


class ColumnNode(Part):
    """A header, with a link where the column can be sorted by."""

    def __init__(self, label: FilterExpression, keywords: Keywords) -> None:
        super().__init__(keywords, NodeList())
        self.label = label

    def render(self, context: Context) -> SafeString:
        values = self.values(context)
        header = conditional_escape(render_value_in_context(self.label.resolve(context), context))
        label: str = escape(unescape(strip_tags(header)))
        number = "number" if values.pop("number", False) else ""
        if values.pop("hidden", False):
            header, label = format_html('<span class="visually-hidden">{}</span>', header), ""
        if link := values.pop("link", ""):
            header = format_html('<a href="{}">{}</a>', link, header)
        context[TABLE].add(label, number)
        values["class"] = _classes(number, values.get("class"))
        return SafeString(f'<th scope="col" role="columnheader"{_attributes(values)}>{header}</th>')


class RowNode(Part):
    def render(self, context: Context) -> SafeString:
        context[TABLE].next = 0
        written = _attributes(self.values(context)) if self.keywords else ""
        return SafeString(f'<tr role="row"{written}>{self.nodelist.render(context)}</tr>')


class RowHeaderNode(Part):
    def render(self, context: Context) -> SafeString:
        values = self.values(context)
        context[TABLE].pass_over(str(values.get("colspan", 1)))
        written = _attributes(values)
        content = self.nodelist.render(context)
        return SafeString(f'<th scope="row" role="rowheader"{written}>{content}</th>')


class CellNode(Part):
    """A cell with its column's label, or with its own (`label`); over several columns with none."""

    def start(self, context: Context) -> str:
        columns: Columns = context[TABLE]
        if not self.keywords:
            return columns.starts[columns.pass_over()]
        values = self.values(context)
        place = columns.pass_over(str(values.pop("colspan", 1)))
        spanned = columns.next - place
        label = columns.labels[place] if spanned == 1 else ""
        own = {
            "data-label": values.pop("label", label),
            "class": _classes(columns.classes[place], values.pop("class", "")),
            "colspan": spanned if spanned > 1 else "",
        }
        return f'<td role="cell"{_attributes(own | values)}>'

    def render(self, context: Context) -> SafeString:
        return SafeString(f"{self.start(context)}{self.nodelist.render(context)}</td>")


@register.tag
def table(parser: Parser, token: Token) -> TableNode:
    """Read the columns up to `rows`, then the rows; `caption` is for screen readers, `class` is put
    beside our own.
    """
    tag, *bits = token.split_contents()
    keywords = _keywords(parser, bits, tag)
    columns = _content(parser, "rows")
    return TableNode(keywords, columns, _content(parser, "endtable"))


@register.tag
def column(parser: Parser, token: Token) -> ColumnNode:
    """Read a column's label; `number` marks header and cells as figures, `hidden` keeps the label
    to screen readers, and `link` sorts by the column.
    """
    tag, *bits = token.split_contents()
    if not bits:
        raise TemplateSyntaxError(f"{tag} needs a label")
    return ColumnNode(parser.compile_filter(bits[0]), _keywords(parser, bits[1:], tag))


@register.tag
def row(parser: Parser, token: Token) -> RowNode:
    tag, *bits = token.split_contents()
    return RowNode(_keywords(parser, bits, tag), _content(parser, "endrow"))


@register.tag
def rowheader(parser: Parser, token: Token) -> RowHeaderNode:
    """Read the cell that names its row; on a card it is the heading, without a label."""
    tag, *bits = token.split_contents()
    return RowHeaderNode(_keywords(parser, bits, tag), _content(parser, "endrowheader"))


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    tag, *bits = token.split_contents()
    return CellNode(_keywords(parser, bits, tag), _content(parser, "endcell"))
