#include "ctl/out.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "ctl/width.h"

static const char *escape_of(enum style style)
{
	static const char *const escapes[] = {
		[STYLE_PLAIN] = "",	    [STYLE_BOLD] = "\033[1m",  [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m",  [STYLE_WARN] = "\033[33m", [STYLE_BAD] = "\033[1;31m",
		[STYLE_GRID] = "\033[36m",  [STYLE_LOAD] = "\033[37m", [STYLE_SUN] = "\033[33m",
		[STYLE_STORE] = "\033[32m", [STYLE_WORK] = "\033[35m", [STYLE_EVENT] = "\033[1;31m",
	};

	return escapes[style];
}

static void write_safe(const struct out *o, enum style style, const char *text)
{
	bool colored = o->color && style != STYLE_PLAIN && *text;
	struct buf b;

	buf_init(&b, 0);
	width_put_safe(&b, text);
	if (colored)
		(void)fputs(escape_of(style), o->file);
	(void)fputs(buf_str(&b), o->file);
	if (colored)
		(void)fputs("\033[0m", o->file);
	buf_fini(&b);
}

PRINTF_LIKE(3, 0)
static void part(const struct out *o, enum style style, const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		return;
	write_safe(o, style, text);
	free(text);
}

void out_part(const struct out *o, enum style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	part(o, style, fmt, ap);
	va_end(ap);
}

void out_line(const struct out *o, enum style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	part(o, style, fmt, ap);
	va_end(ap);
	out_end(o);
}

void out_end(const struct out *o)
{
	(void)fputc('\n', o->file);
}

void out_lines(const struct out *o, const char *text)
{
	struct buf b;
	size_t n = strlen(text);

	buf_init(&b, 0);
	width_put_safe_lines(&b, text);
	(void)fputs(buf_str(&b), o->file);
	if (n && text[n - 1] != '\n')
		out_end(o);
	buf_fini(&b);
}

/* Bytes of the next piece that must not be broken: a wide character, or all up to a blank or a wide one. */
static size_t piece_of(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != ' ') {
		size_t len = utf8_printable(s + n);
		char one[5] = {0};

		len = len ? len : 1;
		memcpy(one, s + n, len);
		if (width_of(one) > 1)
			return n ? n : len;
		n += len;
	}
	return n;
}

/* A closing mark does not begin a line. */
static bool clings(const char *s)
{
	static const char *const marks[] = {"，", "。", "；", "：", "、", "）", "”", "》"};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (strncmp(s, marks[i], strlen(marks[i])) == 0)
			return true;
	return false;
}

void out_wrapped(const struct out *o, size_t indent, size_t columns, const char *text)
{
	struct buf safe, line;
	const char *s;
	size_t used = 0;

	buf_init(&safe, 0);
	buf_init(&line, 0);
	width_put_safe(&safe, text);
	for (s = buf_str(&safe); *s;) {
		size_t blanks = strspn(s, " ");
		size_t n = piece_of(s + blanks);
		char *piece = strndup(s + blanks, n);
		size_t wide = piece ? width_of(piece) : n;

		if (used && used + blanks + wide > columns && !clings(s + blanks)) {
			out_line(o, STYLE_PLAIN, "%*s%s", (int)indent, "", buf_str(&line));
			buf_reset(&line);
			used = 0;
		}
		if (used) {
			buf_append(&line, s, blanks);
			used += blanks;
		}
		buf_append(&line, s + blanks, n);
		used += wide;
		s += blanks + n;
		free(piece);
	}
	if (used)
		out_line(o, STYLE_PLAIN, "%*s%s", (int)indent, "", buf_str(&line));
	buf_fini(&line);
	buf_fini(&safe);
}
