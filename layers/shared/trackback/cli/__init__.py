"""The author's command line. It runs on the author's machine with the author's AWS credentials.

Lambda never loads it, so the build leaves it out of the layer. Read `main` and `parser` first: they run and
name every command; `moderation`, `rules`, `posts` and `sending` carry them out, `output` prints, `doctor/`
examines a post. `failures` works on what has failed in AWS: `failure_queues` reads it, `retry` does it again,
and `stack` finds what is deployed.
"""
