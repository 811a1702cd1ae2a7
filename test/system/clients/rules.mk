# The chapter "From a program": its blocks, each run by the real client.

# Compiled by npm, for no prebuilt one is to be downloaded; nothing is
# measured with it, so without optimiser. node's own headers save another
# download.
NODE_CLIENT = $(BUILD)/clients/node
ADDON = $(NODE_CLIENT)/node_modules/better-sqlite3/build/Release/$(ADDON_NAME)
ADDON_NAME = better_sqlite3.node
NODE_HEADERS = $(patsubst %/bin/node,%,$(realpath $(shell command -v node)))

$(ADDON):
	$(SAY) '  npm    $(ADDON)'
	$(Q)rm -rf $(NODE_CLIENT) && mkdir -p $(NODE_CLIENT)
	$(Q)CFLAGS=-O0 CXXFLAGS=-O0 JOBS=2 npm_config_build_from_source=true \
		$(if $(wildcard $(NODE_HEADERS)/include/node/node.h), \
		npm_config_nodedir=$(NODE_HEADERS)) \
		npm install --prefix $(NODE_CLIENT) --no-save --no-audit \
		--no-fund better-sqlite3@12 >$(NODE_CLIENT)/npm.log 2>&1 || \
		{ cat $(NODE_CLIENT)/npm.log; exit 1; }

test-clients: mailfunc.so $(ADDON)	## run the blocks of "From a program"
	BUILD="$(BUILD)" prove --norc -j 2 test/system/clients/*.t </dev/null

.PHONY: test-clients
