/* What differs between two configurations, key by key, and what it takes to come into force. Reads the canonical texts,
 * so that there is no key that it does not know. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "engine/configure.h"

struct configuration_change {
	const char
		*path; /* "sites[hongyuan].pcc.import_max"; items without an id by their number */
	const char *before; /* as in the canonical text; "" = is new */
	const char *after;  /* "" = is gone */
	bool restart;	    /* takes effect at the next start only; else at once */
};

/* In the order of the new text, then what is gone. An item of a list that is new or gone is one change. Memory of a. 0
 * or -ENOMEM. */
int configuration_diff(const struct configuration *from, const struct configuration *to,
		       struct arena *a, const struct configuration_change **ret, size_t *ret_n);

/* Lines for people: "-path: before", "+path: after", the latter with what it takes. 0 or out->err. */
int configuration_diff_print(const struct configuration_change *changes, size_t n, struct buf *out);

/* Why the key takes a restart; NULL: it takes effect at once. */
const char *configuration_needs_restart(const char *path);

/* Puts the values of `now` in the place of those of next that take a restart, in its text and hash, too: next is then
 * what will really be in force. 0 or -ENOMEM. */
int configuration_keep(struct configuration *next, const struct configuration *now);
