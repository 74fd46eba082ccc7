"""What the open data of an edition is, in the words of machines: a data package, CSV on the Web,
schema.org and DCAT.

Pure: from the dictionary and the facts of the files. Data packages: datapackage.org, version 1; CSV
on the Web: the W3C's recommendation of 2015; DCAT: version 3.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils import translation

from cycles.engine.ledger import plain
from festival.models import DataFile, Edition
from festival.open_data.dictionary import TABLES, Column, Foreign, Table
from festival.open_data.schemas import JsonObject

PACKAGE, ON_THE_WEB = "datapackage.json", "csv-metadata.json"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
TITLE_EN = "Results of the annual performance assessment of government agencies"
TITLE_FA = "نتایج ارزیابی سالانهٔ عملکرد دستگاه‌های اجرایی"
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file that was written."""

    sha256: str
    size: int


def of(edition: Edition, files: Mapping[str, FileFacts]) -> dict[str, JsonObject]:
    """Write the descriptions that stand beside the files of an edition, by their names."""
    return {PACKAGE: data_package(edition, files), ON_THE_WEB: on_the_web(edition)}


def _in(language: str, text: object) -> str:
    with translation.override(language):
        return str(text)


def _title(edition: Edition) -> str:
    return f"{TITLE_EN}, {edition.cycle.year}, edition {edition.number}"


# --- A data package -----------------------------------------------------------------------------

_FIELDS: Mapping[str, JsonObject] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "json": {"type": "object"},
}


def data_package(edition: Edition, files: Mapping[str, FileFacts]) -> JsonObject:
    """Describe the tables with types, keys and missing values, and the digest of each file."""
    return {
        "profile": "tabular-data-package",
        "name": f"assessment-results-{edition.cycle.year}-{edition.number}",
        "title": _title(edition),
        "description": TITLE_FA,
        "version": f"{edition.cycle.year}.{edition.number}",
        "created": plain(edition.ranked_at),
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": LICENCE_ADDRESS,
                "title": "Creative Commons Attribution 4.0",
            }
        ],
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in TABLES],
    }


def _resource(table: Table, facts: FileFacts) -> JsonObject:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": _in("en", table.title),
        "description": _in("fa", table.title),
        "format": "csv",
        "mediatype": MEDIA["csv"],
        "encoding": "utf-8",
        "bytes": facts.size,
        "hash": f"sha256:{facts.sha256}",
        "schema": {
            "fields": [_field(column, column.name in table.key) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {
                    "fields": list(f.columns),
                    "reference": {"resource": f.table, "fields": list(f.key)},
                }
                for f in table.foreign
            ],
        },
    }


def _field(column: Column, is_key: bool) -> JsonObject:
    said = {"name": column.name, **_FIELDS[column.type], "title": _in("fa", column.meaning)}
    said["description"] = _in("en", column.meaning)
    if is_key:
        said["constraints"] = {"required": True}
    return said


# --- CSV on the Web -----------------------------------------------------------------------------

_DATATYPES: Mapping[str, object] = {
    "text": "string",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": {"base": "boolean", "format": "true|false"},
    "json": "json",
}


def on_the_web(edition: Edition) -> JsonObject:
    """Describe the tables as a group in which rows name each other."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": _title(edition),
        "dc:license": {"@id": LICENCE_ADDRESS},
        "tables": [
            {
                "url": f"{table.name}.csv",
                "dc:title": {"fa": _in("fa", table.title), "en": _in("en", table.title)},
                "tableSchema": _table_schema(table),
            }
            for table in TABLES
        ],
    }


def _table_schema(table: Table) -> JsonObject:
    said: JsonObject = {
        "columns": [_column(column, column.name in table.key) for column in table.columns],
        "primaryKey": list(table.key),
    }
    if table.foreign:
        said["foreignKeys"] = [_reference(foreign) for foreign in table.foreign]
    return said


def _column(column: Column, is_key: bool) -> JsonObject:
    return {
        "name": column.name,
        "titles": column.name,
        "datatype": _DATATYPES[column.type],
        "null": "",
        "required": is_key,
        "dc:description": {"fa": _in("fa", column.meaning), "en": _in("en", column.meaning)},
    }


def _reference(foreign: Foreign) -> JsonObject:
    return {
        "columnReference": list(foreign.columns),
        "reference": {"resource": f"{foreign.table}.csv", "columnReference": list(foreign.key)},
    }


# --- schema.org and DCAT ------------------------------------------------------------------------

CONTEXT = {
    "@vocab": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcat:downloadURL": {"@type": "@id"},
    "dcat:distribution": {"@type": "@id"},
    "dct:license": {"@type": "@id"},
}
Address = Callable[[str], str]
"""Where a file of that name stands, in full."""


def dataset(
    edition: Edition, files: Iterable[DataFile], *, page: str, address: Address
) -> JsonObject:
    """Describe an edition as a data set of schema.org and of DCAT, for its page; `files` are its
    DataFiles.
    """
    return {"@context": CONTEXT, **_dataset(edition, files, page=page, address=address)}


def _dataset(
    edition: Edition, files: Iterable[DataFile], *, page: str, address: Address
) -> JsonObject:
    published = plain(edition.publish_at)
    distributions = [_distribution(file, address(file.name)) for file in files]
    return {
        "@type": ["Dataset", "dcat:Dataset"],
        "@id": page,
        "name": _title(edition),
        "alternateName": TITLE_FA,
        "description": "What was asked, what each agency reached on every measure, the sums, and "
        "the places.",
        "url": page,
        "license": LICENCE_ADDRESS,
        "isAccessibleForFree": True,
        "inLanguage": ["fa", "en"],
        "datePublished": published,
        "version": f"{edition.cycle.year}.{edition.number}",
        "distribution": distributions,
        "dct:title": [
            {"@value": _title(edition), "@language": "en"},
            {"@value": TITLE_FA, "@language": "fa"},
        ],
        "dct:issued": published,
        "dct:license": LICENCE_ADDRESS,
        "dcat:distribution": [said["@id"] for said in distributions],
    }


def _distribution(file: DataFile, address: str) -> JsonObject:
    media = MEDIA.get(file.name.rpartition(".")[2], "text/plain")
    return {
        "@type": ["DataDownload", "dcat:Distribution"],
        "@id": address,
        "name": file.name,
        "contentUrl": address,
        "encodingFormat": media,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
        "dcat:downloadURL": address,
        "dcat:mediaType": media,
        "dcat:byteSize": file.size,
    }


def catalog(
    datasets: Iterable[tuple[Edition, Iterable[DataFile], str, Address]], *, page: str
) -> JsonObject:
    """Describe all published editions as a catalogue of schema.org and of DCAT."""
    found = [
        _dataset(edition, files, page=of, address=address)
        for edition, files, of, address in datasets
    ]
    return {
        "@context": CONTEXT,
        "@type": ["DataCatalog", "dcat:Catalog"],
        "@id": page,
        "name": TITLE_EN,
        "alternateName": TITLE_FA,
        "url": page,
        "license": LICENCE_ADDRESS,
        "dct:title": [
            {"@value": TITLE_EN, "@language": "en"},
            {"@value": TITLE_FA, "@language": "fa"},
        ],
        "dataset": found,
        "dcat:dataset": [{"@id": said["@id"]} for said in found],
    }
