"""Measures the judge, and writes docs/judgement.md anew: `make judge`."""

from pathlib import Path

from tests.judge.corpus import messages
from tests.judge.report import report

PAGE = Path("docs/judgement.md")
MARK = "<!-- Figures: made by `make judge` -->\n"


def main() -> None:
    """Replace the page's figures, which are all that follows its mark."""
    before, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    found = report(messages())
    PAGE.write_text(before + mark + "\n" + found, encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
