# A tarball of the sources, and Debian's packages made from it.

DIST = $(BUILD)/dist
RELEASE = mailfunc-$(VERSION)

# What git has and was changed; without git, all but what was built.
dist: $(DIST)/$(RELEASE).tar.gz		## a tarball of the sources, under build/dist/
$(DIST)/$(RELEASE).tar.gz: FORCE
	$(Q)test/system/packages/dist "$@" "$(RELEASE)"

# The tests run, unless DEB_BUILD_OPTIONS has nocheck. make hands its own flags
# on, which the packages are built without.
deb: $(DIST)/$(RELEASE).tar.gz		## Debian's packages, under build/dist/
	@command -v dpkg-buildpackage >/dev/null || { \
		echo 'make deb needs more: apt-get build-dep ./' >&2; exit 1; }
	$(Q)rm -rf $(DIST)/$(RELEASE) && tar -xzf $< -C $(DIST)
	$(Q)cd $(DIST)/$(RELEASE) && \
		env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		dpkg-buildpackage --no-sign --build=binary $(DEB_OPTIONS)
	$(SAY) '  debs   $(DIST)/'

test-packages:			## build Debian's packages, and look into them
	prove --norc test/system/packages/packages.t </dev/null

FORCE:

.PHONY: dist deb test-packages FORCE
