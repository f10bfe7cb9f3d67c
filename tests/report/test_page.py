"""The page of a report, as text and in a browser."""

import re
from dataclasses import replace

import pytest

from tests.helpers.browser import opened_browser
from tests.helpers.played_page import DRAWN
from tests.helpers.reported import LABELS, reported
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.report.findings import Findings
from traffic_marl.report.gathering import with_origin
from traffic_marl.report.page import page, write_report
from traffic_marl.report.verdict import verdict_of

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = opened_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(with_origin(reported(), "python run.py report <crossing>", {"numpy": "2"}), path)
    return f"file://{path}"


def sections(text):
    return re.findall(r'<section id="(\w+)">', text)


def without_recordings():
    return replace(reported(), recordings=())


def test_the_page_has_all_sections_and_links_to_them():
    text = page(reported())
    names = sections(text)
    places = ["service", "queues", "corridors", "replay"]
    assert names == ["result", "intervals", "time", "fairness", *places, "rules", "origin"]
    assert re.findall(r'href="#(\w+)"', text) == names


def test_a_page_without_recordings_leaves_out_what_needs_them():
    text = page(without_recordings())
    assert sections(text) == ["result", "intervals", "time", "fairness", "service", "queues", "rules", "origin"]
    assert "<iframe" not in text
    assert sections(page(Findings(reported().comparison, {}))) == ["result", "intervals", "rules", "origin"]


def test_the_page_tells_the_verdict_and_the_delays_of_the_comparison():
    text = page(without_recordings())
    assert verdict_of(reported().comparison) in text
    for row in reported().comparison.rows:
        assert f"{row.delay.mean:.1f} ± {row.delay.half_width:.1f}" in text


def test_the_page_needs_no_other_file():
    text = page(without_recordings())
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', text) == []
    assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org|json-schema)", text)


def test_the_same_findings_give_the_same_page():
    assert page(reported()) == page(reported())


def renamed(findings: Findings, labels: dict[str, str]) -> Findings:
    """The findings with other names of strategies."""
    comparison = findings.comparison
    rows = tuple(replace(row, label=labels[row.label]) for row in comparison.rows)
    named = Comparison(comparison.scenario, comparison.seeds, comparison.horizon, labels[comparison.reference], rows)
    details = {labels[label]: replace(each, label=labels[label]) for label, each in findings.details.items()}
    local = {labels[label]: each for label, each in findings.local.items()}
    return Findings(named, details, findings.recordings, local)


def test_names_of_strategies_cannot_become_code():
    evil = dict(zip(LABELS, ("<script>alert(1)</script>", '"><img onerror=x>'), strict=True))
    text = page(renamed(without_recordings(), evil))
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


# In a browser


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_the_width_and_complains_of_nothing(browser, address, width):
    browser.ask("Emulation.setDeviceMetricsOverride", **PHONE | {"width": width})
    browser.open(address)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.complaints == []


def test_the_replay_plays_both_recordings(browser, address):
    browser.ask("Emulation.clearDeviceMetricsOverride")
    browser.open(address)
    browser.evaluate('document.getElementById("replay").scrollIntoView()')
    inside = 'document.querySelector("iframe").contentDocument'
    browser.wait(f'{inside} && {inside}.getElementById("controls") && !{inside}.getElementById("controls").hidden')
    shown = browser.evaluate(f'[...{inside}.querySelectorAll(".run h1")].map((found) => found.textContent)')
    assert sorted(shown) == sorted(LABELS)
    assert browser.complaints == []


def test_a_strategy_is_switched_off_in_all_charts(browser, address):
    browser.open(address)
    hidden = 'document.querySelectorAll(".off").length'
    before = browser.evaluate(hidden)
    browser.evaluate("document.querySelector('[data-switch=\"0\"]').click()")
    charts = browser.evaluate("document.querySelectorAll('[data-series=\"0\"]').length")
    assert charts >= 4
    assert browser.evaluate(hidden) == before + charts
    assert browser.evaluate("[...document.querySelectorAll('[data-switch=\"0\"]')].every((box) => !box.checked)")


def test_paper_shows_the_definitions_and_no_player(browser, address):
    browser.open(address)
    browser.ask("Emulation.setEmulatedMedia", media="print")
    browser.evaluate('dispatchEvent(new Event("beforeprint"))')
    browser.evaluate(DRAWN)
    opened = "[...document.querySelectorAll('details')].filter((part) => part.open).length"
    assert browser.evaluate(opened) == 2
    assert browser.evaluate("getComputedStyle(document.querySelector('iframe')).display") == "none"
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    browser.ask("Emulation.setEmulatedMedia", media="screen")
    browser.evaluate(DRAWN)
    assert browser.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_the_ground(browser, address, scheme):
    browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(address)
    colours = browser.evaluate(
        '[".verdict", ".note", "body"].map((name) => getComputedStyle(document.querySelector(name)))'
        ".flatMap((style) => [style.color, style.backgroundColor])"
    )
    ground = luminance(colours[5])
    for colour in (colours[0], colours[2]):
        low, high = sorted((luminance(colour), ground))
        assert (high + 0.05) / (low + 0.05) >= 4.5
    assert (ground > 0.5) == (scheme == "light")


def luminance(colour):
    """Relative luminance of a colour as the browser tells it (WCAG 2.2)."""
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
