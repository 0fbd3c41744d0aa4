#include "ctl/suggest.h"

#include <string.h>

void suggest_init(struct suggestion *s, const char *word, size_t len)
{
	*s = (struct suggestion){.distance = SIZE_MAX};
	if (len >= SUGGEST_WORD_MAX)
		return;
	memcpy(s->word, word, len);
	s->len = len;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits from a to b, two neighbours swapped being one (optimal string alignment, Damerau 1964), row by row. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][SUGGEST_WORD_MAX + 1] = {{0}};

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
				       least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], older[j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

void suggest_offer(struct suggestion *s, const char *candidate)
{
	size_t m = strlen(candidate), d;

	if (s->len == 0 || m >= SUGGEST_WORD_MAX)
		return;
	d = distance(s->word, s->len, candidate, m);
	if (d * 3 <= m && d < s->distance) {
		s->distance = d;
		s->best = candidate;
	}
}
