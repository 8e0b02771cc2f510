"""The documentation site builds without a warning, and every page and example is in it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(p for p in (ROOT / "docs/examples").glob("*.md") if p.stem != "index")


def tables_of_contents():
    for page in (ROOT / "docs").rglob("*.md"):
        for body in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text("utf-8"), re.S):
            for line in body.splitlines():
                if line.strip() and not line.startswith(":"):
                    yield from page.parent.glob(f"{line.strip()}.md")


def test_every_page_stands_in_a_table_of_contents():
    pages = {page.resolve() for page in (ROOT / "docs").rglob("*.md")}
    listed = {page.resolve() for page in tables_of_contents()}
    assert pages - listed == {ROOT.resolve() / "docs/index.md"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_its_picture_in_the_gallery_and_its_notebook(path):
    text, gallery = path.read_text("utf-8"), (path.parent / "index.md").read_text("utf-8")
    assert f'glue("{path.stem}", ' in text
    assert f"{{nb-download}}`{path.stem}.ipynb`" in text
    assert f"```{{glue}} {path.stem}\n:doc: {path.stem}.md\n" in gallery


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_finds_what_is_searched(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "--keep-going",
            "docs",
            str(tmp_path / "site"),
        ],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "DYNSUR_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    external = r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="(?:https?:)?//'
    for page in site.rglob("*.html"):
        assert not re.search(external, page.read_text("utf-8")), page
    assert len(list((site / "_downloads").rglob("*.ipynb"))) == len(EXAMPLES)
    assert "ParameterSpace" in (site / "reference/core.html").read_text("utf-8")
    assert "hysteresi" in (site / "searchindex.js").read_text("utf-8")
