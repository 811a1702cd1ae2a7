# For other processors, in folders of their own. See test/system/cross/run.

# All, or some of them.
ARCHS =

test-cross:			## build for other processors and run that in emulators
	@test/system/cross/run "$(BUILD)" $(ARCHS)

.PHONY: test-cross
