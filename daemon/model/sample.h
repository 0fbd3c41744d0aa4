/* A batch of samples in columns, validated: what ingest, journal and series exchange. Pure. */
#pragma once

#include "model/units.h"

struct sample_batch {
	char source[NAME_MAX_B];
	uint64_t epoch, seq;
	bool correction;
	uint32_t n;
	/* n entries each, the batch's owner's memory */
	const uint32_t *point;
	const int64_t *t_ms;
	const double *value; /* finite */
	const uint8_t
		*quality; /* enum quality; never MISSING: such samples are dropped at the door */
};

struct sample {
	int64_t t_ms;
	double value;
	enum quality quality;
};

/* Same (point, t) twice with different values: which one stands? Better quality wins, then the source of better
 * (smaller) rank, then the correction. Still equal: of two corrections the later (epoch, seq), of two first values
 * the earlier; at last the smaller value. That is a strict total order, so arrival order never matters.
 * Returns true if `b` replaces `a`. */
struct sample_claim {
	double value;
	enum quality quality;
	uint32_t rank;
	bool correction;
	uint64_t epoch, seq; /* two corrections of one source: the later wins */
};
bool sample_replaces(const struct sample_claim *a, const struct sample_claim *b);
