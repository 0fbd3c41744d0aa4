#include "ctl/width.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

/* A well-formed character of n bytes as its number. */
static uint32_t number_of(const char *s, size_t n)
{
	unsigned char first = (unsigned char)s[0];
	uint32_t c = n == 1 ? first : first & (0xffU >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

/* libc's table of widths belongs to a locale, whatever the user's may be. */
static size_t columns_of(uint32_t c)
{
	static locale_t utf8;
	locale_t before;
	int n;

	if (c < 0x300)
		return 1;
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return c >= 0x2e80 && c <= 0xffe6 ? 2 : 1;
	before = uselocale(utf8);
	n = wcwidth((wchar_t)c);
	uselocale(before);
	return n < 0 ? 1 : (size_t)n;
}

size_t width_of(const char *s)
{
	size_t columns = 0;

	while (*s) {
		size_t n = utf8_printable(s);

		columns += n ? columns_of(number_of(s, n)) : 1;
		s += n ? n : 1;
	}
	return columns;
}

static void put(struct buf *b, const char *s, bool lines)
{
	while (*s) {
		size_t n = utf8_printable(s);

		if (n == 0 && lines && (*s == '\n' || *s == '\t'))
			n = 1;
		if (n)
			buf_append(b, s, n);
		else
			buf_printf(b, "\\x%02x", (unsigned char)*s);
		s += n ? n : 1;
	}
}

void width_put_safe(struct buf *b, const char *s)
{
	put(b, s, false);
}

void width_put_safe_lines(struct buf *b, const char *s)
{
	put(b, s, true);
}

bool width_is_safe(const char *s)
{
	while (*s) {
		size_t n = utf8_printable(s);

		if (n == 0)
			return false;
		s += n;
	}
	return true;
}
