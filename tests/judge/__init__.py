"""How well the judge judges: `python -m tests.judge` measures it on a corpus of pings whose kind is known."""
