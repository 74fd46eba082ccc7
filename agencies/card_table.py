"""The markup of a table that a phone shows as cards, and the tags that write one in a fragment.

The tags are those of pages, and `agencies/templatetags/table.py` shows how they are used. Here the
value of a keyword is an expression of Jinja: `{% cell colspan=2, class=tone %}`.
"""

from html import unescape

from django.template import TemplateSyntaxError
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

ROWS = '</tr></thead><tbody role="rowgroup">'
"""Between the columns and the rows."""
END_ROW, END_ROWHEADER, END_CELL, END = "</tr>", "</th>", "</td>", "</tbody></table>"


def _escape(value: object) -> SafeString:
    return SafeString(value.__html__()) if hasattr(value, "__html__") else escape(str(value))


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


class CardTable:
    """A table being written: the start of each column's cells, and the column of the next cell."""

    def __init__(self) -> None:
        self.labels: list[SafeString] = []
        self.classes: list[str] = []
        self.starts: list[SafeString] = []
        self.next = 0

    def start(self, caption: object = "", **values: object) -> SafeString:
        """Begin the table, up to its columns; `caption` is for screen readers."""
        values["class"] = _classes("table table-cards", values.get("class"))
        if caption:
            caption = format_html('<caption class="visually-hidden">{}</caption>', caption)
        return SafeString(
            f'<table role="table"{_attributes(values)}>{caption}'
            '<thead role="rowgroup"><tr role="row">'
        )

    def column(
        self,
        label: object,
        *,
        number: object = False,
        hidden: object = False,
        link: object = "",
        **values: object,
    ) -> SafeString:
        """Write a header: `number` marks header and cells as figures, `hidden` keeps the label to
        screen readers, and `link` sorts by the column.
        """
        header = _escape(label)
        label_of_cells = escape(unescape(strip_tags(header)))
        css = "number" if number else ""
        if hidden:
            header = format_html('<span class="visually-hidden">{}</span>', header)
            label_of_cells = SafeString()
        if link:
            header = format_html('<a href="{}">{}</a>', link, header)
        self._add(label_of_cells, css)
        values["class"] = _classes(css, values.get("class"))
        return SafeString(f'<th scope="col" role="columnheader"{_attributes(values)}>{header}</th>')

    def _add(self, label: SafeString, css: str) -> None:
        attributes = _attributes({"data-label": label, "class": css})
        self.labels.append(label)
        self.classes.append(css)
        self.starts.append(SafeString(f'<td role="cell"{attributes}>'))

    def row(self, **values: object) -> SafeString:
        """Begin a row."""
        self.next = 0
        return SafeString(f'<tr role="row"{_attributes(values)}>')

    def rowheader(self, **values: object) -> SafeString:
        """Begin the cell that names its row."""
        self._pass_over(values.get("colspan", 1))
        return SafeString(f'<th scope="row" role="rowheader"{_attributes(values)}>')

    def cell(self, **values: object) -> SafeString:
        """Begin a cell with its column's label, or with its own (`label`); over several columns
        (`colspan`) it has none.
        """
        if not values:
            return self.starts[self._pass_over()]
        place = self._pass_over(values.pop("colspan", 1))
        spanned = self.next - place
        label = self.labels[place] if spanned == 1 else ""
        own = {
            "data-label": values.pop("label", label),
            "class": _classes(self.classes[place], values.pop("class", "")),
            "colspan": spanned if spanned > 1 else "",
        }
        return SafeString(f'<td role="cell"{_attributes(own | values)}>')

    def _pass_over(self, many: object = 1) -> int:
        """Leave a cell's columns behind and answer with the first of them."""
        place = self.next
        self.next = len(self.labels) if many == "all" else place + int(str(many))
        if not place < self.next <= len(self.labels):
            raise TemplateSyntaxError(f"A row has more cells than its columns: {self.labels}")
        return place


NAME = "card_table"
"""What the table being written is called in a fragment, for the tags inside it."""


class CardTableTags(Extension):
    """The tags `table`, `column`, `rows`, `row`, `rowheader` and `cell` of a fragment."""

    tags = {"table", "column", "row", "rowheader", "cell"}

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        tag = next(parser.stream)
        if tag.value == "table":
            return self._table(parser, tag.lineno)
        if tag.value == "column":
            label = parser.parse_expression()
            return _output(_call("column", [label], _keywords(parser)), tag.lineno)
        begin = _output(_call(tag.value, [], _keywords(parser)), tag.lineno)
        content = parser.parse_statements((f"name:end{tag.value}",), drop_needle=True)
        ends = {"row": END_ROW, "rowheader": END_ROWHEADER, "cell": END_CELL}
        return [begin, *content, _output(nodes.TemplateData(ends[tag.value]), tag.lineno)]

    def _table(self, parser: Parser, line: int) -> nodes.Node:
        keywords = _keywords(parser)
        columns = parser.parse_statements(("name:rows",), drop_needle=True)
        rows = parser.parse_statements(("name:endtable",), drop_needle=True)
        made = nodes.Assign(nodes.Name(NAME, "store"), self.call_method("make"))
        return nodes.Scope(
            [
                made.set_lineno(line),
                _output(_call("start", [], keywords), line),
                *columns,
                _output(nodes.TemplateData(ROWS), line),
                *rows,
                _output(nodes.TemplateData(END), line),
            ]
        ).set_lineno(line)

    def make(self) -> CardTable:
        return CardTable()


def _call(method: str, given: list[nodes.Expr], keywords: list[nodes.Keyword]) -> nodes.Expr:
    table = nodes.Name(NAME, "load")
    return nodes.Call(nodes.Getattr(table, method, "load"), given, keywords, None, None)


def _keywords(parser: Parser) -> list[nodes.Keyword]:
    """Read `name=value` up to the end of the tag, with or without commas between them."""
    found = []
    while parser.stream.current.type != "block_end":
        parser.stream.skip_if("comma")
        name = parser.stream.expect("name")
        parser.stream.expect("assign")
        found.append(nodes.Keyword(name.value, parser.parse_expression(), lineno=name.lineno))
    return found


def _output(expression: nodes.Expr, line: int) -> nodes.Node:
    return nodes.Output([expression]).set_lineno(line)
