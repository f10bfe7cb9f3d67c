"""What the documents name is there: files, links, targets, strategies, measures, scenarios, public names."""

import re
from functools import cache

import pytest

import traffic_marl
from docs.generate.pages import PAGES
from tests.helpers import documents
from tests.helpers.documents import ROOT
from tests.test_architecture import LAYERS
from traffic_marl.measures import DEFINITIONS
from traffic_marl.scenario import scenario_names
from traffic_marl.strategies.catalogue import STRATEGIES, parse
from traffic_marl.strategies.notation import split_list

README = documents.read(ROOT / "README.md")
OWN = (
    ".venv",
    "path/to/",
    "runs/",
    "results/",
    "tuned/",
    "build/",
    "my_",
    "checkpoints/",
    "reward.py",
    "observation.py",
)  # what a reader has, or makes by a command


@cache
def generated(path):
    """The text of a generated page."""
    return PAGES[path]()


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 130


def test_paths_exist():
    """Of files and folders of this repository: not of those that a reader has, or makes by a command."""
    named = {word for word in documents.words() if re.fullmatch(r"[\w./-]+(/|/[\w.-]+|\.(py|md|txt|toml))", word)}
    own = {word for word in named if not word.startswith(OWN)}
    assert len(own) >= 5
    missing = [name for name in own if not is_there(name)]
    assert missing == []


def is_there(name):
    """Whether a path exists from the root, or below the package."""
    return (ROOT / name).exists() or any((ROOT / "traffic_marl").rglob(name)) or any((ROOT / "docs").rglob(name))


@pytest.mark.parametrize("path", documents.document_paths(), ids=documents.name_of)
def test_links_lead_somewhere(path):
    """To a page or file, and to a heading of it where they name one."""
    text = documents.prose(documents.read(path))
    links = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", text)
    broken = [link for link in links if "://" not in link and not leads_somewhere(path, link)]
    assert broken == []


def leads_somewhere(path, link):
    """Whether a relative link of a document has a target, in the repository or among the generated pages."""
    target, _, anchor = link.partition("#")
    base = ROOT / "docs" if target.startswith("/") else path.parent
    found = (base / target.lstrip("/")).resolve() if target else path
    made = found.relative_to(ROOT / "docs").as_posix() if found.is_relative_to(ROOT / "docs") else ""
    if made in PAGES:
        text = generated(made) if anchor else ""
    elif made.startswith("gallery_built/"):
        return (ROOT / "docs" / "gallery").joinpath(*found.with_suffix(".py").parts[-1:]).exists() or "index" in made
    elif not found.exists():
        return False
    else:
        text = documents.read(found) if anchor and found.suffix == ".md" else ""
    return not anchor or anchor in anchors(text)


def anchors(text):
    """The names by which headings of a page can be linked to, and those given to places."""
    included = "\n".join(generated(f"generated/{name}") for name in re.findall(r"\.\./generated/(\S+)", text))
    heads = re.findall(r"^#{1,4} (.+)$", documents.prose(text) + "\n" + included, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}
    return slugs | set(re.findall(r"^\(([\w-]+)\)=$", text, flags=re.MULTILINE))


def test_make_targets_exist():
    pieces = [block.text for block in documents.blocks("sh", "console")]
    pieces += [code for path in documents.document_paths() for code in documents.inline_code(documents.read(path))]
    made = {target for piece in pieces for target in re.findall(r"^(?:\$ )?make (\w+)", piece, flags=re.MULTILINE)}
    assert {"compare", "test", "docs"} <= made
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert made <= set(targets)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_has_a_page(name):
    page = generated(f"strategies/{name}.md")
    assert page.startswith(f"# {name}\n")
    assert "## What it senses" in page
    assert f"/strategies/{name}.md" in generated("generated/strategies.md")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_measure_has_a_section(name):
    assert f"### {name}\n" in generated("generated/measures.md")
    assert "generated/measures.md" in documents.read(ROOT / "docs" / "concepts" / "measures.md")


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_has_a_card_with_its_question_and_an_answer(name):
    card = (ROOT / "docs" / "gallery" / f"{name}.py").read_text(encoding="utf-8")
    assert "?" in card.splitlines()[1]
    assert f"scenarios/{name}.py" in card
    assert "# The answer" in card


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_every_example_is_on_the_page_of_examples(path):
    assert f"examples/{path.name}\n" in documents.read(ROOT / "docs" / "how-to" / "examples.md")


@pytest.mark.parametrize("name", [name for name in traffic_marl.__all__ if name != "__version__"])
def test_every_public_name_is_in_the_reference(name):
    pages = (ROOT / "docs" / "reference" / "python").glob("*.md")
    described = {
        full.rpartition(".")[2]
        for page in pages
        for full in re.findall(r"^\.\. (?:auto\w+|py:\w+):: (\S+)", documents.read(page), flags=re.MULTILINE)
    }
    assert name in described


def test_every_strategy_written_with_parameters_exists():
    lists = [word for word in documents.words() if re.search(r"[a-z_]+:[a-z_]+=", word) and "key=value" not in word]
    written = {each for word in lists for each in split_list(word) if re.match(r"[a-z_]+:[a-z_]+=", each)}
    assert len(written) >= 3
    assert {parse(each).label for each in written} == written


def test_the_layers_are_those_that_are_held():
    drawn = "\n".join(" | ".join(parts) for parts in LAYERS)
    assert drawn in {block.text.strip() for block in documents.blocks("text")}


def test_the_tree_is_that_of_the_repository():
    """Each line of the drawing begins with one or two names; what it leaves out of the package is not much."""
    (tree,) = [block.text for block in documents.blocks("text", "") if "traffic_marl/\n" in block.text]
    folder, drawn = ROOT, set()
    for line in tree.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        names = re.match(r"\s*((?:[\w.]+(?:/|\.py) ?)+)", line)[1].split()
        for name in names:
            assert ((folder if indent else ROOT) / name).exists(), name
            drawn.add(name.rstrip("/") if indent else name)
        folder = ROOT / names[0] if not indent else folder
    inside = {path.name for path in (ROOT / "traffic_marl").iterdir() if not path.name.startswith(("_", "."))}
    assert {name for name in inside if name not in drawn} <= {"py.typed", "scenarios"}
