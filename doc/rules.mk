# The manual pages, under build/man/: prose from doc/, tables from the sources
# of what they are about, and the pages of scripts from the scripts' heads.

MAN = $(BUILD)/man
# The scripts that have a page: mailfunc-NAME(8).
PAGED = adopt.sql config.sh doctor.sh export-postgresql.sh import-mysql.sh \
	import-passwd-file.sql import-postfixadmin.sql import-postgresql.sh \
	maildirs.sh publish.sh push.sh
SCRIPT_PAGES = $(foreach file,$(PAGED),$(MAN)/mailfunc-$(basename $(file)).8)
PAGES = $(MAN)/mailfunc.7 $(MAN)/mailfunc-schema.5 $(MAN)/mailuser.8 \
	$(SCRIPT_PAGES)

man: $(PAGES)				## make the manual pages, under build/man/

AWK = awk
# What a table stands in for: a line of its name.
INSERT = -e '/^@$(notdir $(1))@$$/{r $(1)' -e 'd;}'
FILL = sed -e 's/^\.Dd @DATE@/.Dd $(DATE)/'

$(MAN)/FUNCTIONS: ext/mailfunc.c doc/functions.awk doc/text.awk
	$(Q)mkdir -p $(@D)
	$(Q)$(AWK) -f doc/text.awk -f doc/functions.awk $< >$@

$(MAN)/METHODS: ext/methods.c doc/rows.awk doc/methods.awk
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -E $(CPPFLAGS) -Iext $< | \
		$(AWK) -f doc/rows.awk -f doc/methods.awk >$@

$(MAN)/COMMANDS $(MAN)/OPTIONS: mailuser/main.c doc/mailuser.awk
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -E $(CPPFLAGS) -Iext -DMAILFUNC_VERSION= $< | $(AWK) \
		-v table=$(if $(@:%COMMANDS=),options,commands) \
		-f doc/mailuser.awk >$@

$(MAN)/mailfunc.7: doc/mailfunc.7.in $(MAN)/FUNCTIONS $(MAN)/METHODS Makefile
	$(SAY) '  man    $@'
	$(Q)$(FILL) $(call INSERT,$(MAN)/FUNCTIONS) $(call INSERT,$(MAN)/METHODS) $< >$@

$(MAN)/mailuser.8: doc/mailuser.8.in $(MAN)/COMMANDS $(MAN)/OPTIONS Makefile
	$(SAY) '  man    $@'
	$(Q)$(FILL) $(call INSERT,$(MAN)/COMMANDS) $(call INSERT,$(MAN)/OPTIONS) $< >$@

$(MAN)/mailfunc-schema.5: doc/mailfunc-schema.5.in Makefile
	$(SAY) '  man    $@'
	$(Q)mkdir -p $(@D)
	$(Q)$(FILL) $< >$@

$(foreach file,$(PAGED),$(eval $(MAN)/mailfunc-$(basename $(file)).8: \
	sql/$(file)))
$(SCRIPT_PAGES): doc/head.awk doc/text.awk Makefile
	$(SAY) '  man    $@'
	$(Q)mkdir -p $(@D)
	$(Q)$(AWK) -v page=$(basename $(@F)) -v date='$(DATE)' \
		-v file=$(notdir $(filter sql/%,$^)) -f doc/text.awk \
		-f doc/head.awk $(filter sql/%,$^) >$@

.PHONY: man

# ---- drawings ----

drawings:				## draw what doc/ shows, by Graphviz
	@doc/drawings/draw.sh

.PHONY: drawings
