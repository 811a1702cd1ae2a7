/* columns.c - see columns.h */

#include "columns.h"

#include <string.h>

enum kind {
	END,
	WORD,   /* a name or a keyword; a number, too */
	QUOTED, /* in one of the four quotes */
	OPEN,
	CLOSE,
	COMMA,
	OTHER,
	BROKEN, /* a quote or a comment that doesn't end */
};

struct token {
	enum kind kind;
	struct mf_text text;
};

static bool
is_space(char byte)
{
	return byte != '\0' && strchr(" \t\n\f\r", byte) != NULL;
}

/* Of a name, a keyword or a number. */
static bool
is_word(char byte)
{
	unsigned char c = (unsigned char)byte;

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' || c >= 0x80;
}

/* Pass over a comment, if there is one. False if it doesn't end. SQLite takes
** one that ends with the text, but puts nothing behind a table that could. */
static bool
skip_comment(struct mf_text *text)
{
	if (mf_take(text, "--")) {
		while (text->len > 0 && text->at[0] != '\n')
			*text = mf_text_skip(*text, 1);
		return true;
	}
	if (!mf_take(text, "/*"))
		return true;
	while (!mf_take(text, "*/")) {
		if (text->len == 0)
			return false;
		*text = mf_text_skip(*text, 1);
	}
	return true;
}

static bool
skip_space(struct mf_text *text)
{
	size_t before;

	do {
		before = text->len;
		while (text->len > 0 && is_space(text->at[0]))
			*text = mf_text_skip(*text, 1);
		if (!skip_comment(text))
			return false;
	} while (text->len < before);
	return true;
}

/* How long what begins with a quote is, 0 if it doesn't end. A quote that is
** doubled is one of its characters, but for ]. */
static size_t
quoted_len(struct mf_text text)
{
	char end = text.at[0] == '[' ? ']' : text.at[0];

	for (size_t i = 1; i < text.len; i++) {
		if (text.at[i] != end)
			continue;
		if (end == ']' || i + 1 == text.len || text.at[i + 1] != end)
			return i + 1;
		i++;
	}
	return 0;
}

static size_t
word_len(struct mf_text text)
{
	size_t len = 0;

	while (len < text.len && is_word(text.at[len]))
		len++;
	return len;
}

static enum kind
kind_of(char byte)
{
	switch (byte) {
	case '(':
		return OPEN;
	case ')':
		return CLOSE;
	case ',':
		return COMMA;
	case '\'':
	case '"':
	case '`':
	case '[':
		return QUOTED;
	case '\0':
		return BROKEN;
	default:
		return is_word(byte) ? WORD : OTHER;
	}
}

static struct token
take_token(struct mf_text *text)
{
	struct token token = { BROKEN, { text->at, 0 } };
	size_t len = 1;

	if (!skip_space(text))
		return token;
	token.text = *text;
	token.kind = text->len == 0 ? END : kind_of(text->at[0]);
	if (token.kind == END || token.kind == BROKEN)
		return token;
	if (token.kind == WORD)
		len = word_len(*text);
	else if (token.kind == QUOTED)
		len = quoted_len(*text);
	if (len == 0)
		token.kind = BROKEN;
	token.text.len = len;
	*text = mf_text_skip(*text, len);
	return token;
}

static bool
is_keyword(const struct token *token, const char *word)
{
	return token->kind == WORD && mf_text_same_name(token->text, word);
}

/* CREATE TABLE name (. SQLite writes the first two words itself. */
static bool
take_head(struct mf_text *text)
{
	struct token token = take_token(text);

	if (!is_keyword(&token, "CREATE"))
		return false;
	token = take_token(text);
	if (!is_keyword(&token, "TABLE"))
		return false;
	token = take_token(text);
	if (token.kind != WORD && token.kind != QUOTED)
		return false;
	return take_token(text).kind == OPEN;
}

/* Words that can't be a column's name without quotes. */
static bool
begins_constraint(const struct token *token)
{
	return is_keyword(token, "CONSTRAINT") ||
	       is_keyword(token, "PRIMARY") || is_keyword(token, "UNIQUE") ||
	       is_keyword(token, "CHECK") || is_keyword(token, "FOREIGN");
}

/* Pass over the rest of an item, with its comma; *last if a parenthesis ends
** it, and with it the columns. Outside of parentheses, AS stands only before
** the expression of a generated column. False if the text ends first. */
static bool
skip_item(struct mf_text *text, bool *generated, bool *last)
{
	size_t depth = 0;

	for (;;) {
		struct token token = take_token(text);
		if (token.kind == END || token.kind == BROKEN)
			return false;
		if (token.kind == OPEN)
			depth++;
		if (depth == 0 && is_keyword(&token, "AS"))
			*generated = true;
		*last = token.kind == CLOSE && depth == 0;
		if (*last || (token.kind == COMMA && depth == 0))
			return true;
		if (token.kind == CLOSE)
			depth--;
	}
}

enum mf_columns_status
mf_columns_next(struct mf_columns *columns, struct mf_text *name)
{
	if (!columns->begun && !take_head(&columns->text))
		return MF_COLUMNS_UNSURE;
	columns->begun = true;
	while (!columns->ended) {
		struct token first = take_token(&columns->text);
		bool constraint = begins_constraint(&first), generated = false;
		if (first.kind != WORD && first.kind != QUOTED)
			return MF_COLUMNS_UNSURE;
		if (!skip_item(&columns->text, &generated, &columns->ended))
			return MF_COLUMNS_UNSURE;
		*name = first.text;
		if (!constraint && !generated)
			return MF_COLUMNS_ONE;
	}
	return MF_COLUMNS_END;
}

bool
mf_columns_name_byte(struct mf_text name, size_t *at, char *byte)
{
	bool quoted = kind_of(name.at[0]) == QUOTED;

	if (quoted && *at == 0)
		*at = 1;
	if (*at >= name.len - quoted)
		return false;
	*byte = name.at[(*at)++];
	/* Of a doubled quote, the first. */
	if (quoted && name.at[0] != '[' && *byte == name.at[0])
		(*at)++;
	return true;
}
