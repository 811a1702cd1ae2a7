# What is lacking, and what is left: memory and entropy that fail at each
# request in turn, and the search for passwords in what was freed.
#
# Once as the extension is built, and once optimized as a whole (LTO), where a
# compiler sees best that nobody reads what is wiped. Programs that replace
# malloc() must not have the compiler assume what it does.

FAULTS = oom oom-lto wiped wiped-lto wiped-forgetful
FAULT_PROGRAMS = $(FAULTS:%=$(BUILD)/faults/%)
FAULT_SUPPORT = test/hard/faults/faults.c test/hard/faults/kinds.c
FAULT_HEADERS = $(wildcard test/hard/faults/*.h ext/*.h) test/lib/tap.h
LTO = -flto

$(filter %-lto,$(FAULT_PROGRAMS)): FAULT_FLAGS = $(LTO)
$(BUILD)/faults/wiped-forgetful: FAULT_FLAGS = -DFORGETFUL=1
$(BUILD)/faults/wiped $(BUILD)/faults/wiped-lto: FAULT_FLAGS += -DFORGETFUL=0

$(BUILD)/faults/oom $(BUILD)/faults/oom-lto: test/hard/faults/oom.c $(SOURCES)
$(BUILD)/faults/wiped $(BUILD)/faults/wiped-lto: test/hard/faults/wiped.c $(SOURCES)
$(BUILD)/faults/wiped-forgetful: test/hard/faults/wiped.c \
	test/hard/faults/forgetful.c $(filter-out ext/secret.c,$(SOURCES))

$(FAULT_PROGRAMS): $(FAULT_SUPPORT) $(FAULT_HEADERS) Makefile \
		test/hard/faults/rules.mk | needs
	$(SAY) '  cc     $@'
	$(Q)mkdir -p $(@D)
	$(Q)$(LINKED) -fno-builtin-malloc $(FAULT_FLAGS) -o $@ \
		$(filter %.c,$^) $(LINKED_LIBS)

oom: $(FAULT_PROGRAMS)	## fail every request for memory; look for what is left
	prove --norc -j 2 $(FAULT_PROGRAMS) </dev/null

.PHONY: oom
