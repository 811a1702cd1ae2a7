# Do the tests notice when the code is wrong? See test/mutation/mutate.

MUTANTS = 60
ONLY =
RETRY =

mutation: export COMPILE_COMMAND = $(filter-out -MMD -MP,$(COMPILE))
mutation: | needs		## change ext/ in one place at a time: do tests notice?
	@BUILD="$(BUILD)" LIBS='$(LINKED_LIBS)' \
		MUTANTS=$(MUTANTS) SEED=$(SEED) ONLY=$(ONLY) RETRY=$(RETRY) \
		test/mutation/mutate </dev/null

.PHONY: mutation
