"""Countries by their letters, their names, and the spellings of publishers."""

from cycles.spreadsheets.csv_tables import read_rows
from festival.countries import DATA, HOME, countries, letters, name_of


def test_countries_are_known_by_letters_by_either_name_and_by_what_publishers_write():
    assert (
        letters("IRN")
        == letters("Iran (Islamic Republic of)")
        == letters("ایران")
        == letters("irn")
        == "IRN"
    )
    assert letters("", "Côte d’Ivoire") == letters("", "Cote d'Ivoire") == "CIV"
    assert letters("ATL", "Atlantis") == letters("", "ZARA") == ""
    assert name_of("TUR") == "ترکیه"


WRITTEN = (
    # UNDP
    "Hong Kong, China (SAR)|HKG", "Palestine, State of|PSE", "Moldova (Republic of)|MDA", "Eswatini (Kingdom of)|SWZ",
    "Korea (Democratic People's Rep. of)|PRK", "Bolivia (Plurinational State of)|BOL",
    "Micronesia (Federated States of)|FSM", "Tanzania (United Republic of)|TZA",
    "Venezuela (Bolivarian Republic of)|VEN", "Congo (Democratic Republic of the)|COD",
    # the UN survey
    "Republic of Moldova|MDA", "Democratic People's Republic of Korea|PRK", "United Republic of Tanzania|TZA",
    ("The former Yugoslav Republic of "
    "Macedonia|MKD"), "United Kingdom of Great Britain and Northern Ireland|GBR",
    "Gambia (Republic of The)|GMB", "Lao People's Democratic Republic|LAO",
    # Transparency International
    "Korea, South|KOR", "Korea, North|PRK", "Côte d´Ivoire|CIV", "Guinea Bissau|GNB", "The FYR of Macedonia|MKD",
    "Sao Tome and Principe|STP", "United States of America|USA", "Taiwan|TWN", "Kosovo|XKX",
    # the World Bank
    "Bahamas, The|BHS", "Congo, Dem. Rep.|COD", "Congo, Rep.|COG", "Egypt, Arab Rep.|EGY", "Gambia, The|GMB",
    "Hong Kong SAR, China|HKG", "Iran, Islamic Rep.|IRN", "Korea, Dem. Rep.|PRK", "Korea, Rep.|KOR", "Lao PDR|LAO",
    "Kyrgyz Republic|KGZ", "Macao SAR, China|MAC", "Micronesia, Fed. Sts.|FSM", "Slovak Republic|SVK", "St. Lucia|LCA",
    "St. Kitts and Nevis|KNA", "Taiwan, China|TWN", "Venezuela, RB|VEN", "Virgin Islands (U.S.)|VIR", "Turkiye|TUR",
    "West Bank and Gaza|PSE", "Yemen, Rep.|YEM", "Netherlands Antilles (former)|ANT", "Jersey, Channel Islands|JEY",
    # the Fragile States Index
    "Congo Democratic Republic|COD", "Congo Republic|COG", "Siria|SYR", "Cape Verde|CPV", "Macedonia|MKD",
    # the World Bank's own codes
    "ROM|ROU", "ZAR|COD", "ADO|AND", "TMP|TLS", "WBG|PSE", "KSV|XKX",
)  # fmt: skip


def test_countries_are_known_as_each_publisher_writes_them():
    asked = dict(name.rsplit("|", 1) for name in WRITTEN)

    assert {name: letters("", name) for name in asked} == asked
    assert {code: letters(code, "") for code in ("ROM", "ZAR", "WBG")} == {
        "ROM": "ROU",
        "ZAR": "COD",
        "WBG": "PSE",
    }


def test_every_country_has_its_letters_and_both_names_and_none_is_named_twice():
    held = countries()
    names = [name for c in held.values() for name in (c.name_fa, c.name_en, *c.also)]

    assert all(
        len(code) == 3 and code.isupper() and c.name_fa and c.name_en for code, c in held.items()
    )
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert HOME in held


def test_the_initial_region_and_values_name_known_countries_and_indices():
    indices = {row["code"] for row in read_rows(DATA / "indices.csv")}

    assert all(
        set(row["countries"].split()) <= set(countries()) for row in read_rows(DATA / "regions.csv")
    )
    assert {row["index"] for row in read_rows(DATA / "index_values.csv")} == indices
    assert all(row["source"] and row["edition"] for row in read_rows(DATA / "index_values.csv"))
