# Figures: how fast, how large.

BENCHES = hash argon2 each address lookup insert memory
# Those that are run.
BENCH = $(BENCHES)

bench: mailfunc.so $(BENCHES:%=$(BUILD)/bench/%)	## measure speed and memory
	@test/bench/run $(BUILD) $(BENCH) | \
		test/bench/page $(BUILD)/bench/figures.svg

# memory must not have the libraries that the extension is going to bring in.
$(BUILD)/bench/hash: $(BUILD)/bench/bare.o
$(BUILD)/bench/memory: $(BUILD)/bench/resident.o

$(BENCHES:%=$(BUILD)/bench/%): $(BUILD)/bench/%: $(BUILD)/bench/%.o \
		$(BUILD)/bench/bench.o
	$(SAY) '  link   $@'
	$(Q)$(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs sqlite3) $(LIBS)

$(BUILD)/bench/%.o: test/bench/%.c Makefile | needs
	$(SAY) '  cc     $<'
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

USERS = 1000000
bench-nodes: all			## measure copies for other machines
	@USERS=$(USERS) test/system/mail/nodes-figures

bench-postgresql: all			## measure PostgreSQL beside SQLite
	@test/bench/postgresql $(USERS)

-include $(wildcard $(BUILD)/bench/*.d)

.PHONY: bench bench-nodes bench-postgresql
.SECONDARY: $(BENCHES:%=$(BUILD)/bench/%.o)
