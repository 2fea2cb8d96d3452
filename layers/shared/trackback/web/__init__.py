"""Other people's web: fetched with limits (`http/`), read as text (`text/`), as HTML (`html/`), as feeds.

Everything here takes strangers' input, and none of it takes more than linear time. Read `http/client` first.
"""
