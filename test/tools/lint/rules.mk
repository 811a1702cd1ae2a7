# How the sources look: one layout, and what linters find.

# The first of these that is there. Debian 12 has version 14, Debian 13 has 19,
# and .clang-format holds only options by which both lay out the same.
CLANG_FORMAT = $(firstword $(foreach name,clang-format-14 clang-format-19 \
	clang-format,$(shell command -v $(name) 2>/dev/null)) clang-format)
CLANG_TIDY = $(firstword $(foreach name,clang-tidy-14 clang-tidy-19 \
	clang-tidy,$(shell command -v $(name) 2>/dev/null)) clang-tidy)

format:					## lay out the C code as .clang-format says
	@CLANG_FORMAT="$(CLANG_FORMAT)" test/tools/lint/format

format-check:				## show where the C code is laid out otherwise
	@CLANG_FORMAT="$(CLANG_FORMAT)" test/tools/lint/format --check

# LINT=tidy and the like run one part of it: see test/tools/lint/lint.
LINT =
lint: man				## run linters over C, scripts and text
	@CLANG_TIDY="$(CLANG_TIDY)" PKG_CONFIG="$(PKG_CONFIG)" \
		BUILD="$(BUILD)" PACKAGES="$(PACKAGES)" test/tools/lint/lint $(LINT)

.PHONY: format format-check lint
