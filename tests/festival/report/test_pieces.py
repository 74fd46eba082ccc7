"""A long report is set in pieces and joined: its tags, outline, numbers and links are those of a whole."""

import io
import re
from collections import Counter
from dataclasses import replace

import pypdf
import pytest

from agencies.persian import persian_digits
from cycles.ui import long_paper
from festival.report import paper as report_paper
from festival.report.pieces import cut
from tests.festival.report.papers import INVISIBLE, text_of


@pytest.fixture
def many(facts):
    """The facts of a report whose annex has each of its groups three times."""
    return replace(facts, groups=[group for group in facts.groups for _time in range(3)])


def drawn(facts, language="fa", **how):
    return pypdf.PdfReader(
        io.BytesIO(report_paper.article_82(facts, language=language, **how).reading)
    )


@pytest.fixture(scope="module")
def read():
    """Papers that were drawn for one of these tests, for the others as well."""
    return {}


@pytest.fixture
def joined(many, read):
    assert len(cut(many.groups, rows=3)) > 2
    if "joined" not in read:
        read["joined"] = drawn(many, rows=3)
    return read["joined"]


@pytest.fixture
def whole(many, read):
    if "whole" not in read:
        read["whole"] = drawn(many)
    return read["whole"]


def elements(node):
    """A structure element and all below it, in order."""
    node = node.get_object()
    if isinstance(node, pypdf.generic.ArrayObject):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, pypdf.generic.DictionaryObject) and "/S" in node:
        yield node
        yield from elements(node.get("/K", pypdf.generic.ArrayObject()))


def tags(read):
    return list(elements(read.trailer["/Root"]["/StructTreeRoot"]["/K"]))


def titles(read, outline=None):
    return [
        titles(read, entry) if isinstance(entry, list) else entry.title
        for entry in (read.outline if outline is None else outline)
    ]


def flat(text):
    return re.sub(r"\s+", "", text)


def test_every_tag_of_the_whole_stands_in_the_joined_one(joined, whole):
    wanted, found = (Counter(tag["/S"] for tag in tags(read)) for read in (whole, joined))

    for kind in ("/H1", "/H2", "/H3", "/TD", "/LI", "/Figure", "/Link"):
        assert found[kind] == wanted[kind], kind
    [document] = joined.trailer["/Root"]["/StructTreeRoot"]["/K"]
    assert document.get_object()["/S"] == "/Document"
    for element in tags(joined)[1:]:
        assert any(
            kid.get_object() == element
            for kid in element["/P"].get_object()["/K"]
            if isinstance(kid, pypdf.generic.IndirectObject)
        )


def test_marked_content_leads_to_the_tags_of_its_own_page(joined):
    numbers = joined.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    keys, entries = numbers[::2], numbers[1::2]
    found = dict(zip(keys, entries, strict=True))

    assert list(keys) == sorted(set(keys))
    for page in joined.pages:
        own = found[page["/StructParents"]].get_object()
        assert own
        pages = {e.get_object().raw_get("/Pg").idnum for e in own}
        assert pages == {page.indirect_reference.idnum}
        for annotation in page.get("/Annots", ()):
            element = found[annotation.get_object()["/StructParent"]].get_object()
            assert element["/S"] == "/Link"


def test_every_cell_names_headers_that_there_are_once(joined):
    cells = tags(joined)
    names = Counter(str(cell["/ID"]) for cell in cells if "/ID" in cell)
    asked = {str(name) for cell in cells for name in cell.get("/A", {}).get("/Headers", ())}

    assert set(names.values()) == {1}
    assert asked <= set(names)


def test_the_outline_is_that_of_the_whole_and_leads_to_the_page_of_its_heading(joined, whole):
    assert titles(joined) == titles(whole)

    def places(outline):
        for entry in outline:
            if isinstance(entry, list):
                yield from places(entry)
            else:
                yield entry.title, joined.get_destination_page_number(entry)

    for title, number in places(joined.outline):
        words = sorted(flat(INVISIBLE.sub("", title)))
        assert not Counter(words) - Counter(flat(text_of(joined.pages[number]))), title


def test_pages_are_numbered_through_and_the_number_is_no_content(joined):
    for number, page in enumerate(joined.pages, 1):
        shown = persian_digits(str(number))
        forms = page["/Resources"]["/XObject"]
        content = page.get_contents().get_data().decode("latin-1")
        [name] = re.findall(r"/Artifact <</Type /Pagination>> BDC q (/\S+) Do Q EMC", content)
        assert list(forms) == [name]
        assert b"BDC" not in forms[name].get_data()
        lines = text_of(page).split()
        assert shown in (lines[0], lines[-1], lines[-1][::-1])


def test_it_says_of_itself_what_the_whole_says(joined, whole):
    for key in ("/Lang", "/MarkInfo", "/ViewerPreferences"):
        assert joined.trailer["/Root"][key] == whole.trailer["/Root"][key]
    assert joined.metadata == whole.metadata
    said = joined.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert said == whole.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert joined.trailer["/Root"]["/OutputIntents"]
    words = [Counter(flat(text_of(*read.pages))) for read in (joined, whole)]
    letters = [Counter({c: n for c, n in found.items() if c.isalpha()}) for found in words]
    assert letters[0] >= letters[1]


def test_a_piece_that_fails_ends_the_others_and_says_of_what(many, monkeypatch):
    monkeypatch.setattr(long_paper, "_start", _failing(12))
    with pytest.raises(MemoryError):
        drawn(many, rows=2)

    monkeypatch.setattr(long_paper, "_start", _failing(-9))
    with pytest.raises(RuntimeError, match="ended with -9"):
        drawn(many, rows=2)


def _failing(code):
    class Ended:
        returncode = code

        def poll(self):
            return code

        def kill(self):
            pass

        wait = kill

    return lambda folder, name: Ended()


def test_whoever_stops_it_ends_its_pieces(many, monkeypatch):
    started, start = [], long_paper._start
    monkeypatch.setattr(long_paper, "_start", lambda *of: started.append(start(*of)) or started[-1])

    def stop(step, percent):
        if started:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report_paper.article_82(many, language="fa", rows=2, tell=stop)

    assert started
    assert all(process.returncode is not None for process in started)
