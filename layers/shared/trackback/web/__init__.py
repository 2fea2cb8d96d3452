"""Other people's web: a guarded HTTP client (`http/`), text (`text/`), HTML (`html/`) and feeds.

All input here comes from strangers, and all processing takes linear time. Read `http/client` first.
`budget` bounds the CPU time of each document.
"""
