"""`make costs`: prints what the service costs; `--markdown` writes docs/costs.md and the README's table."""

import sys

from tests.costs import document, report, text


def main() -> None:
    """Print the report, or write it."""
    made = report.make()
    if "--markdown" in sys.argv[1:]:
        document.write(made)
    else:
        print(*text.lines(made), sep="\n")


if __name__ == "__main__":
    main()
