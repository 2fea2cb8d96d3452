"""`make deploy`: asks for the settings once, checks them, builds, deploys, and prints the next steps.

Read `command` first: it runs the steps in order. `parameters` reads the parameters of template.yaml,
`settings_file` keeps the author's answers, `questions` asks for them. `account`, `stack_state`,
`identities`, `certificate` and `kept_table` check the AWS account before anything is created. `sam` builds
and deploys; `outcome` prints the next steps.
"""
