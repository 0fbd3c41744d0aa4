/* The nearest known word to a mistyped one. Pure. */
#pragma once

#include "base/base.h"

#define SUGGEST_WORD_MAX 32

struct suggestion {
	char word[SUGGEST_WORD_MAX];
	size_t len; /* 0: the word is too long to be a slip */
	size_t distance;
	const char *best; /* NULL: nothing is near */
};

void suggest_init(struct suggestion *s, const char *word, size_t len);
/* Keeps the candidate if it is nearer than what was offered before: at most a third of its letters differ. */
void suggest_offer(struct suggestion *s, const char *candidate);
