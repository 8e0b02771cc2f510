"""Draw the packages of core and what they import into docs/architecture.md: `make pictures`.

The drawing is read from the import statements, so it says what the code does.

Usage: python benchmarks/pictures/architecture.py
"""

import ast
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "pictures" / "architecture.png"
PAGE = ROOT / "docs" / "architecture.md"


def packages():
    """Return the packages of core in the order of the table of docs/architecture.md."""
    rows = re.findall(r"^\| (`.+?`) \|", PAGE.read_text(encoding="utf-8"), re.M)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    return [name for name in named if (ROOT / "core" / name / "__init__.py").exists()]


PACKAGES = packages()


def imports_of(package):
    """Return the other packages of core that a package imports, by number of its modules."""
    counts = {}
    for path in (ROOT / "core" / package).rglob("*.py"):
        depth = len(path.relative_to(ROOT / "core").parts) - 1
        targets = {
            (node.module or "").split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.level == depth + 1
        }
        for target in targets:
            counts[target] = counts.get(target, 0) + 1
    return counts


def draw():
    """Draw a row for each package: which packages it imports, and in how many modules."""
    count = len(PACKAGES)
    figure, axes = plt.subplots(figsize=(9.0, 8.2), layout="constrained")
    axes.fill([-0.5, count - 0.5, count - 0.5], [-0.5, -0.5, count - 0.5], color="#f3f3f3")
    for row, package in enumerate(PACKAGES):
        modules = len(list((ROOT / "core" / package).rglob("*.py"))) - 1
        axes.text(row, row, str(modules), ha="center", va="center", color="#777777", fontsize=8)
        for target, importing in imports_of(package).items():
            if target in PACKAGES:
                column = PACKAGES.index(target)
                axes.scatter(column, row, s=50 + 20 * importing, color="#4a6fa5", zorder=2)
                axes.text(
                    column, row, str(importing), ha="center", va="center", color="white",
                    fontsize=8, zorder=3,
                )  # fmt: skip
    axes.set_xticks(range(count), PACKAGES, rotation=45, ha="left")
    axes.set_yticks(range(count), PACKAGES)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, count - 0.5)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_xlabel("is imported; on the diagonal the number of its modules")
    axes.set_ylabel("imports, in so many of its modules")
    axes.tick_params(length=0)
    axes.set_aspect("equal")
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    draw()
