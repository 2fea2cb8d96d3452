"""A TrackBack client that is not ours, indieweb-utils: finds where a post takes pings, and sends it one.

`python client.py POST SOURCE` prints what it found, and why it was refused if it was. Its package loads more
than a hundred others, of which TrackBack needs three, so its own start is passed over.
"""

import importlib
import importlib.util
import json
import sys
from types import ModuleType

post, source = sys.argv[1:]
spec = importlib.util.find_spec("indieweb_utils")
assert spec
package = ModuleType("indieweb_utils")
package.__path__ = list(spec.submodule_search_locations or ())
sys.modules["indieweb_utils"] = package
trackback = importlib.import_module("indieweb_utils.trackback.send")

said = {"found": trackback.discover_trackback_url(post), "refused": None}
try:
    trackback.send_trackback(post, source, "Re: Hello", "A door left ajar.", "Long Walks")
except trackback.TrackbackError as refused:
    said["refused"] = str(refused)
print(json.dumps(said))
