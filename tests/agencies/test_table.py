"""The one table component: what its tags write for the eye, for a phone and for a screen reader."""

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import mark_safe

PARTS = {
    "line.html": "{% load table %}{% row %}{% cell %}a{% endcell %}{% cell %}b{% endcell %}{% endrow %}"
}


def drawn(text: str, **values: object) -> str:
    engine = Engine(
        loaders=[("django.template.loaders.locmem.Loader", PARTS)],
        libraries={"table": "agencies.templatetags.table"},
    )
    return engine.from_string("{% load table %}" + text).render(Context(values))


def rows(columns: str, text: str, **values: object) -> str:
    """The body of a table with these columns."""
    page = drawn("{% table %}" + columns + "{% rows %}" + text + "{% endtable %}", **values)
    return page.partition('<tbody role="rowgroup">')[2].removesuffix("</tbody></table>")


def header(column: str, **values: object) -> str:
    page = drawn("{% table %}" + column + "{% rows %}{% endtable %}", **values)
    return page.partition('<tr role="row">')[2].partition("</tr>")[0]


TWO = '{% column "A" %}{% column "B" number=True %}'


def test_every_part_says_its_role_and_a_cell_the_label_of_its_column():
    page = drawn(
        '{% table caption="Agencies" class="card-table" aria_labelledby="title" %}'
        + TWO
        + "{% rows %}{% for name in names %}{% row %}"
        "{% rowheader %}{{ name }}{% endrowheader %}{% cell %}1{% endcell %}"
        "{% endrow %}{% endfor %}{% endtable %}",
        names=["<i>", "y"],
    )

    row = (
        '<tr role="row"><th scope="row" role="rowheader">{}</th>'
        '<td role="cell" data-label="B" class="number">1</td></tr>'
    )
    assert page == (
        '<table role="table" class="table table-cards card-table" aria-labelledby="title">'
        '<caption class="visually-hidden">Agencies</caption>'
        '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">A</th>'
        '<th scope="col" role="columnheader" class="number">B</th></tr></thead>'
        '<tbody role="rowgroup">' + row.format("&lt;i&gt;") + row.format("y") + "</tbody></table>"
    )


@pytest.mark.parametrize(
    ("label", "shown", "said"),
    [
        ('"<b>" & c', "&quot;&lt;b&gt;&quot; &amp; c", "&quot;&lt;b&gt;&quot; &amp; c"),
        (mark_safe("<b>Net</b> &amp; gross"), "<b>Net</b> &amp; gross", "Net &amp; gross"),
        (mark_safe('the "law"'), 'the "law"', "the &quot;law&quot;"),
        (5, "5", "5"),
    ],
)
def test_a_label_is_escaped_once_and_its_markup_stays_in_the_header(label, shown, said):
    assert f'role="columnheader">{shown}</th>' in header("{% column label %}", label=label)
    assert f'data-label="{said}"' in rows(
        "{% column label %}", "{% row %}{% cell %}{% endcell %}{% endrow %}", label=label
    )


def test_a_label_is_escaped_where_escaping_is_off_for_the_page():
    text = "{% autoescape off %}{% table caption=bad id=bad %}{% column bad link=bad %}{% rows %}"
    page = drawn(text + "{% endtable %}{% endautoescape %}", bad='"><script>')

    assert "<script>" not in page


def test_a_label_is_in_the_reader_s_language():
    with translation.override("fa"):
        assert ">دستگاه</th>" in header('{% column _("Agency") %}')
    with translation.override("en"):
        assert ">Agency</th>" in header('{% column _("Agency") %}')


def test_columns_and_cells_may_stand_in_loops_and_conditions():
    text = (
        "{% for year in years %}{% column year %}{% endfor %}"
        '{% if more %}{% column "More" %}{% endif %}'
    )
    body = (
        "{% row %}{% for year in years %}{% cell %}{% endcell %}{% endfor %}"
        "{% if more %}{% cell %}{% endcell %}{% endif %}{% endrow %}"
    )

    page = rows(text, body + body, years=["1404", "1405"], more=True)
    short = rows(text, body, years=["1404"], more=False)

    labels = [part.partition('"')[0] for part in page.split('data-label="')[1:]]
    assert labels == ["1404", "1405", "More"] * 2
    assert short == '<tr role="row"><td role="cell" data-label="1404"></td></tr>'


def test_a_row_in_an_included_template_knows_the_columns():
    assert 'data-label="B" class="number">b</td>' in rows(TWO, '{% include "line.html" %}')


def test_a_table_in_a_cell_has_columns_of_its_own():
    inner = '{% table %}{% column "C" %}{% rows %}{% row %}{% cell %}c{% endcell %}{% endrow %}'
    page = rows(
        TWO,
        "{% row %}{% cell %}" + inner + "{% endtable %}{% endcell %}{% cell %}b{% endcell %}"
        "{% endrow %}",
    )

    assert 'data-label="C">c</td>' in page
    assert 'data-label="B" class="number">b</td>' in page


def test_a_cell_over_several_columns_has_no_label_and_the_next_one_its_own():
    columns = TWO + '{% column "C" %}'
    header_and_cell = '{% row %}{% rowheader colspan="2" %}Sum{% endrowheader %}{% cell %}3{% endcell %}{% endrow %}'
    whole = '{% row %}{% cell colspan="all" %}None yet.{% endcell %}{% endrow %}'

    assert '<td role="cell" data-label="C">3</td>' in rows(columns, header_and_cell)
    assert '<td role="cell" colspan="3">None yet.</td>' in rows(columns, whole)


def test_a_cell_may_have_attributes_and_a_label_of_its_own():
    text = (
        '{% row id="r" attrs=written %}{% cell label="" class="bar" %}{% endcell %}'
        '{% cell class="w-75" attrs=written %}{% endcell %}{% endrow %}'
    )
    page = rows(TWO, text, written=mark_safe('data-x="1"'))

    assert page == (
        '<tr role="row" id="r" data-x="1"><td role="cell" class="bar"></td>'
        '<td role="cell" data-label="B" class="number w-75" data-x="1"></td></tr>'
    )


def test_a_column_for_screen_readers_alone_labels_no_cell():
    column = '{% column "Change" hidden=True %}'

    assert '<span class="visually-hidden">Change</span>' in header(column)
    assert rows(column, "{% row %}{% cell %}x{% endcell %}{% endrow %}") == (
        '<tr role="row"><td role="cell">x</td></tr>'
    )


def test_a_column_may_be_sorted_by():
    column = '{% column "Points" link=url aria_sort="ascending" class="wide" %}'

    assert header(column, url="?a=1&b=2") == (
        '<th scope="col" role="columnheader" aria-sort="ascending" class="wide">'
        '<a href="?a=1&amp;b=2">Points</a></th>'
    )
    assert 'data-label="Points">x' in rows(column, "{% row %}{% cell %}x{% endcell %}{% endrow %}")


@pytest.mark.parametrize(
    "text",
    [
        "{% table %}{% column %}{% rows %}{% endtable %}",
        "{% table wrong %}{% rows %}{% endtable %}",
        '{% table %}{% column "A" %}{% endtable %}',
        "{% table %}{% rows %}{% row %}{% cell %}{% endcell %}{% endrow %}{% endtable %}",
        (
            '{% table %}{% column "A" %}{% rows %}{% row %}{% rowheader %}{% endrowheader %}'
            "{% cell %}{% endcell %}{% endrow %}{% endtable %}"
        ),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(text):
    with pytest.raises(TemplateSyntaxError):
        drawn(text)
