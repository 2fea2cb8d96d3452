"""Coverage-guided fuzzing of every parser of strangers' bytes: `make fuzz`. Not part of CI: it takes an hour.

`python -m tests.fuzz PARSER SECONDS FOLDER` fuzzes one parser; `python -m tests.fuzz.worst FOLDER` measures
the costliest inputs that were found, each grown to a megabyte.
"""
