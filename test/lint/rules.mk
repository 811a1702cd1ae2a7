# How the sources look: one layout, and what linters find.

# The first of these that is there. Debian 12's is version 14, Debian 13's 19,
# and .clang-format holds only options by which both lay out the same; what
# another version makes of it is not checked.
CLANG_FORMAT = $(firstword $(foreach name,clang-format-14 clang-format-19 \
	clang-format,$(shell command -v $(name) 2>/dev/null)) clang-format)

format:					## lay out the C code as .clang-format says
	@CLANG_FORMAT="$(CLANG_FORMAT)" test/lint/format

format-check:				## show where the C code is laid out otherwise
	@CLANG_FORMAT="$(CLANG_FORMAT)" test/lint/format --check

.PHONY: format format-check
