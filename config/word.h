/* Words of foreign files in messages: shown safely, and the known word that was probably meant. Pure; any thread. */
#pragma once

#include "base/base.h"

#define WORD_SHOWN_MAX_B 64

/* text for a message: cut to what fits, with "?" for what cannot be shown. Returns out. */
char *word_show(const char *text, char *out, size_t n);

/* Edits (inserted, deleted, changed, or swapped neighbours) from a to b, or limit + 1 if more than limit. Words over
 * WORD_SHOWN_MAX_B are far from everything. */
int word_distance(const char *a, const char *b, int limit);

/* How far a word may be from the one that was meant: 1 for short words, 2 for others. */
int word_reach(const char *word);
