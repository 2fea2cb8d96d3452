"""The author's pages. `routes` answer requests, each kind of which has its guard in `routes/router`.

`session` says who is signed in. `views`, `overview`, `sending` and `settings_forms` give the pages their
values; `choices` and `actions` decide about pings. `responses` builds the answers, and `services` is what
all of them work with. `mail_links` handles the signed links of emails, which need no session.
"""
