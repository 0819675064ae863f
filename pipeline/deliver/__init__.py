"""Delivery, the one place with real state: subscribers, the ledger of who got what, transports, and the run.

The SQL stands in `statements` and `request_statements` alone, plain enough for PostgreSQL; the clock is asked in `run`
and by the commands.
"""
