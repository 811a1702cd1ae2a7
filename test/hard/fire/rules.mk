# The schema under fire: processes that are killed, disks that are full,
# writers that meet, and statements at random.
#
#   make fire KILLS=1000 SEQUENCES=100000 SECONDS_OF_WRITING=60 SEED=1

KILLS =
SEQUENCES =
SECONDS_OF_WRITING =

fire: mailfunc.so $(BUILD)/mailuser $(BUILD)/fire/faults	## kill it, fill the disk, break its calls
	KILLS=$(KILLS) SEQUENCES=$(SEQUENCES) SEED=$(SEED) \
		SECONDS_OF_WRITING=$(SECONDS_OF_WRITING) \
		prove --norc -j 2 $(BUILD)/fire/faults test/hard/fire/*.t </dev/null

# The extension is linked in, as in build/shell, so that the test's own files
# are under it and under SQLite alike.
$(BUILD)/fire/faults: test/hard/fire/faults.c test/lib/tap.h $(SOURCES) Makefile | needs
	$(SAY) '  cc     $<'
	$(Q)mkdir -p $(@D)
	$(Q)$(LINKED) -o $@ $< $(SOURCES) $(LINKED_LIBS)

.PHONY: fire
