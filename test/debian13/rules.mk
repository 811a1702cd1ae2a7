# The same on Debian 13, in a system of its own. See test/debian13/run.

# All, or some of them in the system that the last run has left.
PARTS =

test-debian13:			## run README's two commands on a bare Debian 13
	@test/debian13/run "$(BUILD)" $(PARTS)

.PHONY: test-debian13
