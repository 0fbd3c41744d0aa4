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

/* Levenshtein's distance, row by row. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t row[SUGGEST_WORD_MAX + 1];

	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t least = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < least)
				least = row[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			row[j] = least;
		}
	}
	return row[m];
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
