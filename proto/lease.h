/* The latest decision per asset, or per job of a queue, and when its lease ends. Part of the client; no clock of its own: times are
 * milliseconds of whatever clock the caller counts leases on. One thread at a time. */
#pragma once

#include "base/map.h"
#include "suandian/v1/decision.pb-c.h"

struct leases {
	struct map by_asset; /* struct lease *; the key is the asset, or "asset\njob" */
	size_t max;
	int64_t next_ms; /* no running lease ends before */
};

enum lease_news {
	LEASE_STALE, /* older than what is held; forgotten */
	LEASE_SAME,  /* held already, perhaps with a later end; nothing to apply */
	LEASE_NEW,   /* to be applied */
};

void leases_init(struct leases *l, size_t max);
void leases_fini(struct leases *l);

/* A decision that arrived at now_ms. The greater id wins. The same id again renews the lease only if its
 * valid_until_ms is later than the one held, so that a frame delivered twice never prolongs a lease; with an
 * other action it is a refreshed set point. A term that is over already is held as ended-to-be: leases_end()
 * gives it, it is not LEASE_NEW. An action for a job counts for (asset, job) alone; one without a term (valid_until_ms
 * 0) never ends, and is forgotten before the room runs out, as is a job's lapsed one. *ret_held (only for LEASE_NEW): our copy.
 * enum lease_news, ERR_FULL: more than max leases, or -ENOMEM. */
int leases_take(struct leases *l, const Suandian__V1__Decision *d, int64_t now_ms,
		const Suandian__V1__Decision **ret_held);

/* A lease whose end is at or before now_ms and that was not given before, marked as lapsed; NULL: no more. */
const Suandian__V1__Decision *leases_end(struct leases *l, int64_t now_ms);

/* No running lease ends before this (the bound may be early, never late); INT64_MAX if none runs. */
int64_t leases_next_ms(const struct leases *l);

/* The least id held, lapsed ones included; 0 if none is held. */
uint64_t leases_first_id(const struct leases *l);

/* Moves all ends, for a change of clock. */
void leases_shift(struct leases *l, int64_t by_ms);

/* The latest decision for the asset as a whole, lapsed or not; NULL. *ret_end_ms: of its lease; INT64_MIN once it has lapsed. */
const Suandian__V1__Decision *leases_peek(const struct leases *l, const char *asset,
					  int64_t *ret_end_ms);
