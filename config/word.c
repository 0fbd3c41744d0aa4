#include "config/word.h"

#include <string.h>

#include "base/utf8.h"

char *word_show(const char *text, char *out, size_t n)
{
	static const char dots[] = "…";
	size_t at = 0;

	while (*text) {
		size_t len = utf8_printable(text);
		size_t need = len ? len : 1;

		if (at + need + sizeof(dots) > n) {
			memcpy(out + at, dots, sizeof(dots));
			return out;
		}
		if (len)
			memcpy(out + at, text, len);
		else
			out[at] = '?';
		at += need;
		text += need;
	}
	out[at] = '\0';
	return out;
}

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows of the table at a time. */
int word_distance(const char *a, const char *b, int limit)
{
	int rows[3][WORD_SHOWN_MAX_B + 1];
	int *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(a), m = strlen(b);

	if (n > WORD_SHOWN_MAX_B || m > WORD_SHOWN_MAX_B)
		return limit + 1;
	for (size_t k = 0; k <= m; k++)
		last[k] = before[k] = (int)k;
	for (size_t i = 1; i <= n; i++) {
		int *free_row = before;

		row[0] = (int)i;
		for (size_t k = 1; k <= m; k++) {
			row[k] = min_int(min_int(last[k], row[k - 1]) + 1,
					 last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = min_int(row[k], before[k - 2] + 1);
		}
		before = last;
		last = row;
		row = free_row;
	}
	return min_int(last[m], limit + 1);
}

int word_reach(const char *word)
{
	return strlen(word) < 5 ? 1 : 2;
}
