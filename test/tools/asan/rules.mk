# The same tests where it hurts: sanitizers, in builds of their own.

# A small shell with the extension and everything else linked in.
$(BUILD)/shell: test/lib/shell.c $(SOURCES) Makefile | needs $(BUILD)/ext
	$(SAY) '  cc     $<'
	$(Q)$(LINKED) -o $@ $< $(SOURCES) $(LINKED_LIBS)

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
asan:					## run the tests under sanitizers
	$(Q)$(MAKE) BUILD=build/asan CFLAGS="-O1 -g $(SANITIZE)" HARDEN= \
		build/asan/shell $(ASAN_PROGRAMS)
	SQLITE3=build/asan/shell prove --norc -j 2 test/sql/sql.t \
		test/sql/known_answers.t $(ASAN_PROGRAMS) </dev/null

# The unit tests, and the inputs that fuzzing left.
ASAN_PROGRAMS = $(patsubst $(BUILD)/%,build/asan/%,$(UNIT_TESTS) \
	$(FUZZ_REPLAYS))

.PHONY: asan
