"""Usage sources in writing: the shipped mappings, the settings, the files that they name."""

from pathlib import Path

import pytest

from connector.config.resources import packaged
from connector.config.usage import load_usage_mapping, load_usage_mappings, read_usage_file, usage_files
from connector.config.validate import Unreadable, cited
from connector.mapping.usage_rows import read_usage
from connector.mapping.usage_words import resolve_usage
from connector.model.settings import UsageSettings
from connector.model.usage_mapping import UsageMapping
from tests.config.sample import SETTINGS, settings, spoilt

SAMPLES = {
    "licences": "id,customer,product,user,cost centre,from,to,buying price\n"
    "L-0001,ACME GmbH,Microsoft 365 Business,eve@acme.example,Sales,2026-01-01,2026-04-11,7.10\n",
    "telephony": "Nummer;Kunde;Beginn;Nebenstelle;Ziel;Dauer;Tarif\n"
    "90017;K-4711;03.03.2026 09:15:00;21;+49 30 901820;0:03:25;Festnetz\n",
    "parts": '{"id": 815, "ticket": "23104", "day": "2026-03-12", '
    '"part": {"no": "SSD-1T", "name": "SSD 1 TB"}, "pieces": 2, "price": 61.40}\n',
}
EXPECTED = {
    "licences": (
        "licences/L-0001",
        "1",
        {"article": "m365-business", "contact": "eve@acme.example", "cost_centre": "Sales"},
    ),
    "telephony": ("telephony/03.03.2026 09:15:00|21|90017", "205", {"article": "landline", "item": "21"}),
    "parts": ("parts/815", "2", {"article": "SSD-1T"}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_reads_a_file_as_it_says(name: str) -> None:
    mapping, _ = load_usage_mapping(packaged("usage", f"{name}.yaml"))
    reading = read_usage(SAMPLES[name], f"{name}.csv", name, mapping)
    assert reading.problems == []
    (record,) = (resolve_usage(row, mapping, "Europe/Berlin") for row in reading.rows)
    assert (record.key, str(record.quantity), record.facets) == EXPECTED[name]


def _sources(text: str, folder: Path) -> tuple[dict[str, UsageMapping], list[str]]:
    told, origin = settings(SETTINGS + text)
    found = load_usage_mappings(told, origin.model_copy(update={"file": str(folder / "config.yaml")}))
    return dict(found.mappings), [problem.message for problem in found.problems]


def test_the_mapping_of_each_source_is_read(tmp_path: Path) -> None:
    mappings, problems = _sources("usage: {calls: {files: a.csv, mapping: packaged:telephony}}\n", tmp_path)
    assert (list(mappings), problems) == (["calls"], [])
    assert mappings["calls"].clock


def test_a_mapping_that_is_not_there_and_a_desk_that_is_unknown_are_told(tmp_path: Path) -> None:
    text = (
        "usage: {calls: {files: a.csv, mapping: gone.yaml}, parts: {files: [b], mapping: packaged:parts}}\n"
    )
    mappings, problems = _sources(text, tmp_path)
    assert list(mappings) == ["parts"]
    assert len(problems) == 1  # the sample house has the desk of the parts
    other = spoilt(
        "zammad: {adapter: zammad, mapping: zammad.yaml}", "glpi: {adapter: glpi, mapping: g}", SETTINGS
    )
    told, origin = settings(other + "usage: {parts: {files: [b], mapping: packaged:parts}}\n")
    (problem,) = load_usage_mappings(told, origin).problems
    assert cited(problem).endswith("desk 'zammad' is not in the configuration; there are: glpi")


def test_a_source_may_not_bear_the_name_of_a_desk(tmp_path: Path) -> None:
    text = "usage: {zammad: {files: a.csv, mapping: packaged:licences}}\n"
    assert _sources(text, tmp_path)[1] == [
        "'zammad' is a desk too; customers' words are found by that name, so choose another"
    ]


def test_files_are_found_by_patterns_in_order(tmp_path: Path) -> None:
    (tmp_path / "usage" / "old").mkdir(parents=True)
    for name in ("usage/b.csv", "usage/a.csv", "usage/.a.csv", "usage/a.txt", "c.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    source = UsageSettings.model_validate({"files": ["usage/*.csv", "usage/*", "c.csv"], "mapping": "-"})
    assert usage_files(source, tmp_path) == ["c.csv", "usage/a.csv", "usage/a.txt", "usage/b.csv"]
    whole = UsageSettings.model_validate({"files": f"{tmp_path}/c.csv", "mapping": "-"})
    assert usage_files(whole, tmp_path / "usage") == [f"{tmp_path}/c.csv"]


def test_a_file_is_known_by_its_content_and_its_mapping(tmp_path: Path) -> None:
    mapping, _ = load_usage_mapping(packaged("usage", "licences.yaml"))
    file = tmp_path / "a.csv"
    file.write_bytes(b"\xef\xbb\xbfid\r\n")
    one = read_usage_file(file, mapping)
    assert one.text == "id\r\n"  # without the mark that some programs put first
    assert read_usage_file(file, mapping) == one
    assert read_usage_file(file, mapping.model_copy(update={"decimal": "comma"})).digest != one.digest


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    mapping, _ = load_usage_mapping(packaged("usage", "licences.yaml"))
    file = tmp_path / "a.csv"
    file.write_bytes("id\nMüller\n".encode("windows-1252"))
    with pytest.raises(
        Unreadable, match=r"a\.csv:2:1: is not written in utf-8; see 'encoding' in the mapping"
    ):
        read_usage_file(file, mapping)
    windows = mapping.model_copy(update={"encoding": "windows-1252"})
    assert read_usage_file(file, windows).text == "id\nMüller\n"
    with pytest.raises(Unreadable, match="cannot be read: No such file"):
        read_usage_file(tmp_path / "gone.csv", mapping)
