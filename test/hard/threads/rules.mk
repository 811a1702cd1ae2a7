# Many threads at once: plain, and with the sanitizers for it.

# Only what has been compiled with a sanitizer is watched by it: so all of the
# extension again, in one program with the test.
$(BUILD)/threads/threads $(BUILD)/threads/race: test/hard/threads/threads.c \
		test/lib/tap.h $(SOURCES) $(wildcard ext/*.h) Makefile | needs
	$(SAY) '  cc     $@'
	$(Q)mkdir -p $(@D)
	$(Q)$(LINKED) -pthread $(if $(filter %/race,$@),-DMF_TEST_RACE) -o $@ \
		$< $(SOURCES) $(LINKED_LIBS)

threads: $(BUILD)/threads/threads	## run many threads at once, also under ASan
	$(Q)$(MAKE) BUILD=build/asan CFLAGS="-O1 -g $(SANITIZE)" HARDEN= \
		build/asan/threads/threads
	prove --norc $< build/asan/threads/threads </dev/null

# build/tsan/race has a race on purpose, to see it found.
tsan:					## run many threads under ThreadSanitizer
	$(Q)$(MAKE) BUILD=build/tsan HARDEN= \
		CFLAGS="-O1 -g -fsanitize=thread -fno-omit-frame-pointer" \
		build/tsan/threads/threads build/tsan/threads/race
	prove --norc test/hard/threads/tsan.t </dev/null

.PHONY: threads tsan
