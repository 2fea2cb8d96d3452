"""`make deploy`: asks for the settings once, checks them, builds, deploys, and says what to do next.

Read `command` first: it is the order of events. `parameters` reads what template.yaml takes, `settings_file`
keeps the author's answers, `questions` asks for them. `account`, `stack_state`, `identities`, `certificate`
and `kept_table` look at the AWS account before anything is created. `sam` builds and deploys; `outcome`
says what comes next.
"""
