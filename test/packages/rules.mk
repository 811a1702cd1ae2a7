# A tarball of the sources, and Debian's packages made from it.

DIST = $(BUILD)/dist
RELEASE = mailfunc-$(VERSION)

# What git has and was changed; without git, all but what was built.
dist: $(DIST)/$(RELEASE).tar.gz		## a tarball of the sources, under build/dist/
$(DIST)/$(RELEASE).tar.gz: FORCE
	$(Q)test/packages/dist "$@" "$(RELEASE)"

# Not as root's own: what is built and tested there must not need more.
deb: $(DIST)/$(RELEASE).tar.gz		## Debian's packages, under build/dist/
	$(Q)rm -rf $(DIST)/$(RELEASE) && tar -xzf $< -C $(DIST)
	$(Q)cd $(DIST)/$(RELEASE) && \
		dpkg-buildpackage --no-sign --build=binary $(DEB_OPTIONS)
	$(SAY) '  debs   $(DIST)/'

FORCE:

.PHONY: dist deb FORCE
