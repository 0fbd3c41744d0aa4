#include "prometheus/scan.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "base/num.h"

#define WORD_B 64 /* longer than any number that is one */

void scan_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

bool scan_char(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

int scan_name(struct scan *s, bool colons, char *out, size_t n)
{
	const char *from = s->p;
	size_t len;

	while (s->p < s->end &&
	       (ascii_is_letter(*s->p) || *s->p == '_' || (colons && *s->p == ':') ||
		(s->p > from && ascii_is_digit(*s->p))))
		s->p++;
	len = (size_t)(s->p - from);
	if (len == 0)
		return ERR_MALFORMED;
	if (len >= n)
		return ERR_FULL;
	memcpy(out, from, len);
	out[len] = '\0';
	return 0;
}

/* The character behind a backslash; NUL if there is no such escape. */
static char unescape(char c)
{
	return c == 'n' ? '\n' : c == '\\' || c == '"' ? c : '\0';
}

int scan_quoted(struct scan *s, char *out, size_t n, size_t *ret_n)
{
	size_t len = 0;

	if (!scan_char(s, '"'))
		return ERR_MALFORMED;
	for (; s->p < s->end && *s->p != '"'; s->p++) {
		char c = *s->p;

		if (c == '\\')
			c = ++s->p < s->end ? unescape(*s->p) : '\0';
		else if (c == '\n')
			c = '\0';
		if (c == '\0')
			return ERR_MALFORMED;
		if (len + 1 >= n)
			return ERR_FULL;
		out[len++] = c;
	}
	if (n == 0)
		return ERR_FULL;
	out[len] = '\0';
	if (ret_n)
		*ret_n = len;
	return scan_char(s, '"') ? 0 : ERR_MALFORMED;
}

static int take_word(struct scan *s, char *out)
{
	size_t n = 0;

	for (; s->p < s->end && *s->p != ' ' && *s->p != '\t'; s->p++) {
		if (n + 1 == WORD_B || *s->p == '\0')
			return ERR_MALFORMED;
		out[n++] = *s->p;
	}
	out[n] = '\0';
	return 0;
}

int scan_parse_number(const char *text, double *ret)
{
	const char *digits = *text == '+' ? text + 1 : text;

	if (strcmp(text, "NaN") == 0)
		*ret = NAN;
	else if (strcmp(digits, "Inf") == 0)
		*ret = INFINITY;
	else if (strcmp(text, "-Inf") == 0)
		*ret = -INFINITY;
	else if (digits != text && *digits == '-')
		return ERR_MALFORMED;
	else
		return num_parse_double(digits, -DBL_MAX, DBL_MAX, ret) < 0 ? ERR_MALFORMED : 0;
	return 0;
}

int scan_number(struct scan *s, double *ret)
{
	char word[WORD_B];
	int r = take_word(s, word);

	return r < 0 ? r : scan_parse_number(word, ret);
}

int scan_time_ms(struct scan *s, int64_t *ret_ms)
{
	char word[WORD_B];
	int r = take_word(s, word);

	if (r < 0)
		return r;
	return num_parse_i64(word, 0, INT64_C(7258118400000), ret_ms) < 0 ? ERR_MALFORMED : 0;
}
