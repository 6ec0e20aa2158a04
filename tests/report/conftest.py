"""One page of the report for all tests."""

from __future__ import annotations

import pytest
from page_reader import Element, parse

from blocs.report.html import render_report


@pytest.fixture(scope="session")
def result(tiny_run):
    return tiny_run[0]


@pytest.fixture(scope="session")
def html(result) -> str:
    return render_report(result)


@pytest.fixture(scope="session")
def page(html) -> Element:
    return parse(html)
