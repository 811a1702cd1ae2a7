# Do the tests notice when the code is wrong? See test/tools/mutation/mutate, and
# mistakes for sql/.

MUTANTS = 60
ONLY =
RETRY =

mutation: export COMPILE_COMMAND = $(filter-out -MMD -MP,$(COMPILE))
mutation: | needs		## change ext/ in one place at a time: do tests notice?
	@BUILD="$(BUILD)" LIBS='$(LINKED_LIBS)' \
		MUTANTS=$(MUTANTS) SEED=$(SEED) ONLY=$(ONLY) RETRY=$(RETRY) \
		test/tools/mutation/mutate </dev/null

# As many as MUTANTS says, 8 if that is left out.
mistakes: all			## change sql/ in one place at a time: do tests notice?
	@BUILD="$(BUILD)" MUTANTS=$(if $(filter command line,$(origin \
		MUTANTS)),$(MUTANTS),8) SEED=$(SEED) ONLY=$(ONLY) \
		test/tools/mutation/mistakes </dev/null

.PHONY: mutation mistakes
