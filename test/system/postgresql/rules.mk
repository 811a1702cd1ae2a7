# The schema for PostgreSQL beside SQLite's, on a server of each test's own.

test-postgresql: all		## run PostgreSQL's schema, export and import
	prove --norc -j 2 test/system/postgresql/*.t </dev/null

.PHONY: test-postgresql
