# Is every branch of ext/ taken by a test?
#
# gcc's own counters do it, summed up by gcovr. Everything is built once more
# without optimiser, into a folder of its own: the shell with the extension
# linked in, the unit tests, and the two libraries as they are loaded. Other
# folders' programs join by COVERAGE_PROGRAMS += $(BUILD)/folder/program: such a
# one prints TAP and is linked with $(SOURCES) or $(OBJECTS).

COVERED = $(BUILD)/coverage
GCOV = gcov$(patsubst gcc%,%,$(filter gcc%,$(notdir $(CC))))

# Threads count too: atomic.
COUNTERS = --coverage -fprofile-abs-path -fprofile-update=atomic
# gcov gives a few lines, such as the last of a statement over several, no
# count; a function that is never called has more.
COVERED_ENOUGH = --fail-under-branch 100 --fail-under-line 99.7

# Memory and entropy are lacking in a program of its own.
COVERAGE_PROGRAMS = $(BUILD)/faults/oom
# In the folder of its own, BUILD is $(COVERED).
COVERED_PROGRAMS = $(patsubst $(BUILD)/%,$(COVERED)/%,$(UNIT_TESTS) \
	$(COVERAGE_PROGRAMS))
COVERED_TESTS = test/sql/sql.t test/sql/known_answers.t test/system/admin/ask.t

# Anew each time: the notes of a program that is gone would count too.
coverage: $(ENTRY_TEST)			## is every branch of ext/ tested?
	$(Q)rm -rf $(COVERED)
	$(Q)$(MAKE) --no-print-directory BUILD=$(COVERED) HARDEN= \
		CFLAGS="-O0 -g -fno-inline $(COUNTERS)" $(COVERED)/shell \
		$(COVERED)/mailfunc.so $(COVERED)/mailfunc_busy.so \
		$(COVERED)/mailfunc_preload.so $(COVERED_PROGRAMS)
	SQLITE3=$(COVERED)/shell CC="$(CC)" BUILD="$(COVERED)" prove --norc \
		-j 2 $(COVERED_TESTS) $(COVERED_PROGRAMS) </dev/null
	SQLITE3=$(COVERED)/shell MODES=plain prove --norc \
		test/sql/schema/outcomes.t :: test/sql/schema/columns.sql \
		</dev/null
	prove --norc $(ENTRY_TEST) :: $(COVERED)/mailfunc.so </dev/null
	MAILFUNC_LIBRARIES=$(COVERED) prove --norc test/system/mail/busy.t </dev/null
	gcovr --root . --gcov-executable $(GCOV) --filter ext/ --branches \
		$(COVERED_ENOUGH) $(COVERED)

# The libraries in the folder of the build: these are made there only.
$(BUILD)/mailfunc.so: $(OBJECTS)
$(BUILD)/mailfunc_busy.so: $(BUILD)/ext/preload.o
$(BUILD)/mailfunc_preload.so: $(OBJECTS) $(BUILD)/ext/preload.o
$(BUILD)/mailfunc.so $(BUILD)/mailfunc_busy.so $(BUILD)/mailfunc_preload.so:
	$(SAY) '  link   $@'
	$(Q)$(CC) -shared $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: coverage
