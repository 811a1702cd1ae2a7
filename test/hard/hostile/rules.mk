# Arguments and database files that somebody made to do harm.

hostile: mailfunc.so			## try hostile hashes and database files
	prove --norc -j 2 test/hard/hostile/*.t </dev/null

.PHONY: hostile
