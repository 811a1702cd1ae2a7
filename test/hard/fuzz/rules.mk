# Fuzz targets: made-up inputs, and what must hold for each of them.
#
#   make fuzz           FUZZ_TIME seconds for each target, two at a time, from
#                       a seed that can be given as SEED=N; needs clang
#   make fuzz-replay    the inputs that are kept, by any compiler
#   make fuzz-keep      add to these what make fuzz found and they don't cover
#
# An input that broke something is left in build/fuzz/broken/; once more:
#   build/fuzz/TARGET FILE

FUZZ_TARGETS = address stored setting sql
FUZZ_TIME = 30
FUZZ_CC = clang

FUZZ = $(BUILD)/fuzz
# Programs for prove(1), to be run in the top folder.
FUZZ_REPLAYS = $(FUZZ_TARGETS:%=$(FUZZ)/%)

# They are among the fast tests.
TESTS += $(FUZZ_REPLAYS)
test check: $(FUZZ_REPLAYS)

# The whole extension, linked in, and what the targets share: the functions of
# the libraries that library.c defines are taken from there.
FUZZ_OBJECTS = $(SOURCES:ext/%.c=$(FUZZ)/ext/%.o) $(FUZZ)/fuzz.o \
	$(FUZZ)/library.o
FUZZ_COMPILE = $(COMPILE) -DSQLITE_CORE -Wno-pedantic \
	-Wno-cast-function-type -Iext -Itest/lib
FUZZ_LINK = $(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS)

fuzz-replay: $(FUZZ_REPLAYS)		## run the inputs that fuzzing left
	prove --norc -j 2 $(FUZZ_REPLAYS) </dev/null

$(FUZZ_REPLAYS): $(FUZZ)/%: $(FUZZ)/%.o $(FUZZ)/replay.o $(FUZZ_OBJECTS)
	$(SAY) '  link   $@'
	$(Q)$(FUZZ_LINK) -o $@ $^ $(LINKED_LIBS)

$(FUZZ)/%.o: test/hard/fuzz/%.c Makefile | needs
	$(SAY) '  cc     $<'
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_COMPILE) $(FUZZ_UNWATCHED) -c -o $@ $<

$(FUZZ)/ext/%.o: ext/%.c Makefile | needs
	$(SAY) '  cc     $<'
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_COMPILE) -c -o $@ $<

# ---- with libFuzzer: another compiler, so a build of its own ----

FUZZ_SANITIZE = -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
# An input is interesting for what it reaches in ext/, not in the tests.
FUZZ_UNWATCHED =
FUZZERS = $(FUZZ_TARGETS:%=$(FUZZ)/fuzz-%)

fuzz:				## make inputs up, FUZZ_TIME seconds each
	$(Q)test/hard/fuzz/run needs "$(FUZZ_CC)"
	$(Q)$(MAKE) BUILD=$(BUILD)/libfuzzer CC="$(FUZZ_CC)" HARDEN= \
		CFLAGS="-O1 -g $(FUZZ_SANITIZE)" \
		FUZZ_UNWATCHED=-fno-sanitize=fuzzer-no-link fuzzers
	$(Q)SEED=$(SEED) test/hard/fuzz/run fuzz $(BUILD) $(FUZZ_TIME) \
		$(FUZZ_TARGETS)

fuzz-keep:				## keep what make fuzz found
	$(Q)test/hard/fuzz/run keep $(BUILD) $(FUZZ_TARGETS)

fuzzers: $(FUZZERS)

$(FUZZERS): $(FUZZ)/fuzz-%: $(FUZZ)/%.o $(FUZZ_OBJECTS)
	$(SAY) '  link   $@'
	$(Q)$(FUZZ_LINK) -fsanitize=fuzzer -o $@ $^ $(LINKED_LIBS)

-include $(wildcard $(FUZZ)/*.d $(FUZZ)/ext/*.d)

.PHONY: fuzz fuzz-replay fuzz-keep fuzzers
.SECONDARY: $(FUZZ_TARGETS:%=$(FUZZ)/%.o) $(FUZZ)/replay.o $(FUZZ_OBJECTS)
