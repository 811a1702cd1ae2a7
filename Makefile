# mailfunc - SQL functions and a schema for mail databases in SQLite
#
# `make help` lists the targets.

VERSION = 0.2.0
DATE = November 26, 2026

# ld.so looks for a bare name (`.load mailfunc`) in the system's own library
# folder only, so that is where the extension goes unless told otherwise.
PREFIX = /usr
DESTDIR =
MULTIARCH = $(shell $(CC) -print-multiarch 2>/dev/null)
LIBDIR = $(PREFIX)/lib$(if $(MULTIARCH),/$(MULTIARCH))
SQLDIR = $(PREFIX)/share/mailfunc
SBINDIR = $(PREFIX)/sbin
COMPLETIONS = $(PREFIX)/share/bash-completion/completions
MANDIR = $(PREFIX)/share/man

BUILD = build

# The user's flags, of the environment as well, come last and win. CI says
# WERROR=-Werror.
CFLAGS ?= -O2 -g
LDFLAGS ?=
WERROR =

# V=1 shows the commands.
V =
Q = $(if $(V),,@)
SAY = $(if $(V),@:,@echo)

WARN = -Wall -Wextra -Wpedantic \
	-Walloca -Wbad-function-cast -Wcast-align -Wcast-qual -Wconversion \
	-Wdate-time -Wdouble-promotion -Wfloat-equal -Wformat=2 \
	-Wmissing-declarations -Wmissing-include-dirs -Wmissing-prototypes \
	-Wnested-externs -Wnull-dereference -Wold-style-definition \
	-Wpointer-arith -Wredundant-decls -Wshadow -Wstrict-prototypes \
	-Wundef -Wunused-macros -Wvla -Wwrite-strings

# A smashed stack ends the process; so does a large frame that would jump the
# guard page, and a libc copy that overruns a buffer of known size.
HARDEN = -fstack-protector-strong -fstack-clash-protection \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
# Symbols are resolved at load, and their table is read-only from then on.
# Every symbol must be found: without -lsqlite3, a file that includes
# sqlite3.h where it needs sqlite3ext.h is a link error.
HARDEN_LINK = -Wl,-z,relro,-z,now,-z,defs,--as-needed
# What -g adds is two thirds of the file; gdb reads it compressed as well.
SMALL = -Wl,--compress-debug-sections=zlib

PACKAGES = libcrypt libargon2 libsodium nettle libbsd
PKG_CONFIG ?= pkg-config
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lpasswdqc -pthread
COMPILE = $(CC) -std=c11 $(WARN) $(WERROR) $(HARDEN) -MMD -MP \
	-DMAILFUNC_VERSION='"$(VERSION)"' $(CPPFLAGS) \
	$(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CFLAGS)

SOURCES = $(filter-out ext/preload.c,$(wildcard ext/*.c))
OBJECTS = $(SOURCES:ext/%.c=$(BUILD)/ext/%.o)
# What the unit tests are linked with: all that doesn't know SQLite.
PLAIN_OBJECTS = $(filter-out $(BUILD)/ext/sql% $(BUILD)/ext/mailfunc.o, \
	$(OBJECTS))
UNIT_TESTS = $(patsubst test/unit/%.c,$(BUILD)/unit/%, \
	$(wildcard test/unit/*.c))
# The entry point needs SQLite, and mailfunc.so as it is.
ENTRY_TEST = $(BUILD)/entry/entry
# All that an administrator may want; paths under sql/ and SQLDIR alike. The
# demo is of the sources: it shows what was built there.
SHARED = $(patsubst sql/%,%,$(shell find sql -type f ! -name '*.awk' \
	! -name demo.sh))

LIBRARIES = mailfunc.so mailfunc_busy.so mailfunc_preload.so
POSTGRESQL = $(BUILD)/postgresql/schema.sql

all: $(LIBRARIES) $(BUILD)/mailuser $(POSTGRESQL) ## build mailfunc.so, its two for preloading, mailuser

help:					## list the targets
	@sed -n 's/^\([a-z-]*\)[a-z ]*:.*## \(.*\)/  make \1	\2/p' \
		$(MAKEFILE_LIST) | expand -t 22

# ---- the extension ----

mailfunc.so: $(OBJECTS) $(BUILD)/mailfunc.map
	$(SAY) '  link   $@'
	$(Q)$(CC) -shared $(CFLAGS) $(HARDEN_LINK) $(SMALL) \
		-Wl,--version-script=$(BUILD)/mailfunc.map $(LDFLAGS) \
		-o $@ $(OBJECTS) $(LIBS)

# For LD_PRELOAD: SQLite's three functions that open a database, in front of
# its own, which are looked for when the process calls them. The other can also
# be loaded as an extension, and has an entry point for that.
PRELOAD_EXPORTS = sqlite3_open; sqlite3_open16; sqlite3_open_v2;
$(BUILD)/preload.map: ENTRY = sqlite3_mailfuncpreload_init;

mailfunc_preload.so: $(OBJECTS)
mailfunc_busy.so mailfunc_preload.so: mailfunc_%.so: $(BUILD)/ext/preload.o \
		$(BUILD)/%.map
	$(SAY) '  link   $@'
	$(Q)$(CC) -shared $(CFLAGS) $(HARDEN_LINK) $(SMALL) \
		-Wl,--version-script=$(BUILD)/$*.map $(LDFLAGS) \
		-o $@ $(filter %.o,$^) $(LIBS) -ldl

$(BUILD)/busy.map $(BUILD)/preload.map: Makefile | $(BUILD)/ext
	$(Q)echo '{ global: $(PRELOAD_EXPORTS) $(ENTRY) local: *; };' >$@

$(BUILD)/mailfunc.map: mailfunc.def Makefile | $(BUILD)/ext
	$(Q)(echo '{ global:'; sed 's/$$/;/' mailfunc.def; \
		echo 'local: *; };') > $@

$(BUILD)/ext/%.o: ext/%.c Makefile | needs $(BUILD)/ext
	$(SAY) '  cc     $<'
	$(Q)$(COMPILE) -fPIC -c -o $@ $<

# ---- the command ----

# A program that loads mailfunc.so; of ext/ it has what asks a person for a
# password, and what that needs.
MAILUSER = $(patsubst mailuser/%.c,$(BUILD)/mailuser.o/%.o, \
	$(wildcard mailuser/*.c))
MAILUSER_EXT = $(patsubst %,$(BUILD)/ext/%.o,prompt secret shown fault text)
MAILUSER_LIBS = $(shell $(PKG_CONFIG) --libs sqlite3 libbsd)

$(BUILD)/mailuser: $(MAILUSER) $(MAILUSER_EXT)
	$(SAY) '  link   $@'
	$(Q)$(CC) -fPIE -pie $(CFLAGS) $(HARDEN_LINK) $(SMALL) $(LDFLAGS) \
		-o $@ $^ $(MAILUSER_LIBS)

$(BUILD)/mailuser.o/%.o: mailuser/%.c Makefile | needs $(BUILD)/mailuser.o
	$(SAY) '  cc     $<'
	$(Q)$(COMPILE) -fPIE -Iext -DMU_MAILFUNC='"$(LIBDIR)/mailfunc.so"' \
		-DMU_SCRIPTS='"$(SQLDIR)"' -c -o $@ $<

$(BUILD)/ext $(BUILD)/unit $(BUILD)/entry $(BUILD)/mailuser.o:
	$(Q)mkdir -p $@

# Before anything is compiled: are the compiler, headers and tools there?
# demo and test install them; the rest only says what is missing.
needs:
	@CC="$(CC)" PKG_CONFIG="$(PKG_CONFIG)" .ci/needs $(NEEDS)

demo test check: NEEDS = install

# ---- the schema for PostgreSQL, which has no function of ours to ask ----

TOLD = $(addprefix ext/,methods.c scheme.c stored.c)

$(BUILD)/postgresql/METHODS: $(TOLD) $(wildcard ext/*.h) doc/rows.awk \
		sql/postgresql/methods.awk
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -E $(CPPFLAGS) -Iext $(TOLD) | $(AWK) -f doc/rows.awk \
		-f sql/postgresql/methods.awk >$@

$(POSTGRESQL): sql/postgresql/schema.sql $(BUILD)/postgresql/METHODS
	$(SAY) '  sql    $@'
	$(Q)sed $(call INSERT,$(BUILD)/postgresql/METHODS) $< >$@

# ---- what a user runs ----

demo: mailfunc.so			## make a mail database and show what it does
	@sh sql/demo.sh $(BUILD)/demo.db

test check: all man $(UNIT_TESTS) $(ENTRY_TEST) ## run the fast tests
	CC="$(CC)" BUILD="$(BUILD)" prove --norc -j 2 $(TESTS) </dev/null

TESTS = test/sql/*.t test/sql/schema/*.t test/system/*.t $(UNIT_TESTS) $(ENTRY_TEST)

test-admin: all			## run what administrators run: imports, doctor, scripts
	prove --norc -j 2 test/system/admin/*.t </dev/null

test-mailuser: all		## run the command mailuser, also in a terminal
	BUILD="$(BUILD)" prove --norc -j 2 test/system/mailuser/*.t </dev/null

$(BUILD)/unit/%: test/unit/%.c $(PLAIN_OBJECTS) | needs $(BUILD)/unit
	$(SAY) '  cc     $<'
	$(Q)$(COMPILE) -Iext -Itest/lib $(LDFLAGS) -o $@ $< $(PLAIN_OBJECTS) \
		$(LIBS)

$(BUILD)/entry/%: test/unit/entry/%.c mailfunc.so | needs $(BUILD)/entry
	$(SAY) '  cc     $<'
	$(Q)$(COMPILE) -Itest/lib $(LDFLAGS) -o $@ $< \
		$(shell $(PKG_CONFIG) --libs sqlite3) -ldl

# ---- the mail system ----

# What of these the command line gives; HOSTNAME in the environment is a
# shell's own. A quote in a value must reach the script that refuses it.
CONFIG = OUT MAILDB VMAIL VMAIL_UID VMAIL_GID HOSTNAME READER DOVECOT MTA \
	PUBLISHED FORMAT COPY CHROOT PRELOAD DB DBHOST DBNAME DBPASSWORDS
given = $(foreach name,$(CONFIG),$(if $(filter command,$(firstword \
	$(origin $(name)))),'$(name)=$(subst ','\'',$($(name)))'))

config:					## write the daemons' configuration
	@sh sql/config.sh $(given)

# They wait more than they compute.
MAIL_TESTS = test/system/mail/*.t
test-mail: all			## run the real Postfix, Courier, saslauthd
	prove --norc -j 3 $(MAIL_TESTS)

test-programs: all		## ask the real programs about hashes
	prove --norc -j 2 test/system/programs/*.t

# What can't be loaded into a plain sqlite3, a sanitizer or a failing allocator
# for instance, is a program of its own with the extension linked in.
LINKED = $(filter-out -MMD -MP,$(COMPILE)) -DSQLITE_CORE -Wno-pedantic \
	-Wno-cast-function-type -Iext -Itest/lib
LINKED_LIBS = $(LIBS) $(shell $(PKG_CONFIG) --libs sqlite3)

# ---- what else is tried and measured, each with rules in its own folder ----

# Of tests that choose at random; empty: as each of them likes.
SEED =

include doc/rules.mk $(wildcard test/*/rules.mk test/*/*/rules.mk)

# ---- installing: flat in the library folder, SQL files under share ----

# Of the shell's $page.
INSTALLED_PAGE = $(DESTDIR)$(MANDIR)/man$${page\#\#*.}/$${page\#\#*/}

install: all man		## install under PREFIX (/usr), below DESTDIR
	install -d $(DESTDIR)$(LIBDIR)
	install -m 644 $(LIBRARIES) $(DESTDIR)$(LIBDIR)/
	for file in $(SHARED); do \
		case $$(head -c 2 sql/$$file) in '#!') mode=755 ;; *) mode=644 ;; esac; \
		install -D -m $$mode sql/$$file $(DESTDIR)$(SQLDIR)/$$file \
			|| exit 1; \
	done
	install -m 644 $(POSTGRESQL) $(DESTDIR)$(SQLDIR)/postgresql/
	install -D -m 755 $(BUILD)/mailuser \
		$(DESTDIR)$(SBINDIR)/mailuser
	install -D -m 644 mailuser/completion.bash \
		$(DESTDIR)$(COMPLETIONS)/mailuser
	for page in $(PAGES); do \
		install -D -m 644 $$page $(INSTALLED_PAGE) || exit 1; \
	done

uninstall:				## remove what install put there
	rm -f $(LIBRARIES:%=$(DESTDIR)$(LIBDIR)/%)
	rm -f $(SHARED:%=$(DESTDIR)$(SQLDIR)/%)
	rm -f $(DESTDIR)$(SBINDIR)/mailuser $(DESTDIR)$(COMPLETIONS)/mailuser
	for page in $(PAGES); do rm -f $(INSTALLED_PAGE); done
	[ ! -d $(DESTDIR)$(SQLDIR) ] || \
		find $(DESTDIR)$(SQLDIR) -depth -type d -empty -delete

clean:					## remove what was built
	rm -rf $(BUILD) $(LIBRARIES)

-include $(OBJECTS:.o=.d) $(MAILUSER:.o=.d) $(BUILD)/ext/preload.d $(UNIT_TESTS:=.d) \
	$(ENTRY_TEST:=.d)

.PHONY: all help needs demo test check config test-mail test-mailuser \
	test-programs test-admin install uninstall clean
.DELETE_ON_ERROR:
