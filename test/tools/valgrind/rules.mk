# valgrind's memcheck, over all that was built.

$(BUILD)/valgrind/faulty.so: test/tools/valgrind/faulty.c Makefile | needs
	$(SAY) '  cc     $<'
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -O0 -fPIC -shared -o $@ $<

WATCHED = mailfunc.so $(BUILD)/shell $(UNIT_TESTS) $(BUILD)/valgrind/faulty.so

valgrind: $(WATCHED)			## run the tests under valgrind
	BUILD="$(BUILD)" prove --norc test/tools/valgrind/memcheck.t </dev/null

.PHONY: valgrind
