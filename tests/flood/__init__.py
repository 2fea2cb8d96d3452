"""A month's genuine pings while a flood goes on: `make flood`.

The handlers are the real ones, and so is the table (DynamoDB Local). Simulated are the clock, what AWS
supplies between the handlers (`pipeline`, with the limits of template.yaml), and other people's servers
(`world`).
"""
