"""The author's pages. `session` guards them, `views` fills them, `actions` and `settings_forms` act.

`responses` builds the answers. `mail_links` handles the signed links of emails, which need no session.
"""
