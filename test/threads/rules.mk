# Many threads at once: plain, and with the sanitizers for it.

# Only what has been compiled with a sanitizer is watched by it: so all of the
# extension again, in one program with the test.
THREADS_BUILD = $(filter-out -MMD -MP,$(COMPILE)) -DSQLITE_CORE -Wno-pedantic \
	-Wno-cast-function-type -Itest -pthread
THREADS_LINK = test/threads/threads.c $(SOURCES) $(LIBS) \
	$(shell $(PKG_CONFIG) --libs sqlite3)

$(BUILD)/threads/threads $(BUILD)/threads/race: test/threads/threads.c \
		test/tap.h $(SOURCES) $(wildcard ext/*.h) Makefile | needs
	$(SAY) '  cc     $@'
	$(Q)mkdir -p $(@D)
	$(Q)$(THREADS_BUILD) $(if $(filter %/race,$@),-DMF_TEST_RACE) -o $@ \
		$(THREADS_LINK)

threads: $(BUILD)/threads/threads	## run many threads at once, also under ASan
	$(Q)$(MAKE) BUILD=build/asan CFLAGS="-O1 -g $(SANITIZE)" HARDEN= \
		build/asan/threads/threads
	prove --norc $< build/asan/threads/threads </dev/null

# build/tsan/race has a race on purpose, to see it found.
tsan:					## run many threads under ThreadSanitizer
	$(Q)$(MAKE) BUILD=build/tsan HARDEN= \
		CFLAGS="-O1 -g -fsanitize=thread -fno-omit-frame-pointer" \
		build/tsan/threads/threads build/tsan/threads/race
	prove --norc test/threads/tsan.t </dev/null

.PHONY: threads tsan
