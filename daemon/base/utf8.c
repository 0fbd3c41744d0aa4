#include "base/utf8.h"

/* The character at s; *ret_len is its length, 0 if malformed. Stops at the NUL like any malformed tail. */
static uint32_t decode(const unsigned char *s, size_t *ret_len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));

	*ret_len = 0;
	if (len == 0 || s[0] >= 0xf8)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_len = len;
	return c;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t utf8_printable(const char *s)
{
	size_t len;
	uint32_t c = decode((const unsigned char *)s, &len);

	return len && !is_control(c) ? len : 0;
}

size_t utf8_cut(const char *s, size_t n)
{
	size_t at = n;

	/* three continuation bytes at most belong to one character; more of them are no UTF-8 anyway */
	while (at > 0 && n - at < 3 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}
