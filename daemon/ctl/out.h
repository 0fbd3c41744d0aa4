/* Text for people on one stream. Whatever goes through here is made harmless first (width.h); colour is beside
 * the text, never in it, and appears only where it was asked for. Owner's thread. */
#pragma once

#include <stdio.h>

#include "base/base.h"

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	/* what is drawn */
	STYLE_GRID, /* from and to the grid: PCC, price */
	STYLE_LOAD,
	STYLE_SUN,
	STYLE_STORE,
	STYLE_WORK,
	STYLE_EVENT,
};

struct out {
	FILE *file; /* borrowed */
	bool color;
	bool ascii;
	int width; /* columns that a plot may take */
};

/* A piece of a line. */
void out_part(const struct out *o, enum style style, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A piece, and the end of the line. */
void out_line(const struct out *o, enum style style, const char *fmt, ...) PRINTF_LIKE(3, 4);
void out_end(const struct out *o);
/* Text of several lines. */
void out_lines(const struct out *o, const char *text);
/* Text in paragraphs of at most `columns` columns, each line indented; breaks at blanks and between wide
 * characters. */
void out_wrapped(const struct out *o, size_t indent, size_t columns, const char *text);
