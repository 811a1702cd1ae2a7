# On other releases of Debian, in systems of their own. See test/system/debian/run.

# All of the release's, or some of them in the system that the last run has left.
PARTS =

test-debian12:			## build, install and purge the packages on a clean Debian 12
	@test/system/debian/run "$(BUILD)" bookworm $(PARTS)

test-debian13:			## run README's two commands on a bare Debian 13
	@test/system/debian/run "$(BUILD)" trixie $(PARTS)

.PHONY: test-debian12 test-debian13
