"""Notifies the author: pending pings by email, events by webhook.

`mail_outbox` queues what waits, `outbox_state` decides when a mail may go, `ping_mail` describes a ping, and
`mail` passes the message to SES. `webhook` posts to the author's URL.
"""
