"""The stories run from top to bottom, say something at the end, and are paired."""

import os
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from conftest import LAKE
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1]
STORIES = sorted(FOLDER.glob("0*.py"))


def test_there_are_five():
    assert [s.name[:2] for s in STORIES] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.stem)
def test_the_notebook_is_the_script_without_outputs(story):
    script = jupytext.read(story)
    notebook = nbformat.read(story.with_suffix(".ipynb"), as_version=4)
    told = [(c.cell_type, c.source) for c in script.cells]
    assert [(c.cell_type, c.source) for c in notebook.cells] == told, "run `make notebooks-paired`"
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in notebook.cells)


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.stem)
def test_it_asks_first_answers_last_and_draws(story, monkeypatch):
    monkeypatch.setenv("HOLDFAST_LAKE__PATH", str(LAKE))
    notebook = nbformat.read(story.with_suffix(".ipynb"), as_version=4)
    assert notebook.cells[0].source.splitlines()[0].endswith("?")

    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()

    outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
    assert not [o for o in outputs if o.output_type == "error"]
    pictures = [o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]
    # A chart without marks is a frame around nothing.
    assert pictures and all(re.search(r'class="mark-(rect|symbol|rule|line)', p) for p in pictures)
    last = notebook.cells[-1].outputs[-1].data["text/markdown"]
    assert last.startswith("**Answer.**") and re.search(r"\d", last)
    if os.environ.get("SHOW"):
        print(last)
