"""Notifies the author: pending pings by email, events by webhook.

`mail_run` sends the mails that are due: `mail_outbox` queues what waits, `outbox_state` decides when a mail
may go, `ping_mail` describes a ping, `mail_renderer` lays it out, and `mail` passes the message to SES.
`webhook` posts to the author's URL.
"""
