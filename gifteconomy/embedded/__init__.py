"""A real PostgreSQL and a real Valkey out of wheels, for a machine that has neither.

For development, tests, the demo and small self-hosting on one machine. `DATABASE_URL` and
`REDIS_URL` always win: what they name is used, and nothing is started in its place.
"""
