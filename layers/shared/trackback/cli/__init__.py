"""The author's command line. It runs on the author's machine with the author's AWS credentials.

Lambda never loads it, so the build leaves it out of the layer. Read `main` and `parser` first: they run and
define every command. `moderation`, `rules`, `posts` and `sending` implement them, `output` prints, `doctor/`
checks a post, `deploy/` deploys. `failures` handles failed invocations and messages in AWS:
`failure_queues` reads them, `retry` repeats them, and `stack` finds what is deployed.
"""
