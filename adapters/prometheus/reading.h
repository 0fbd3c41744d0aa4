/* From what a source says to the value of a point, or to the reason why there is none. Zero is a value; what is absent,
 * NaN, stale, ambiguous or the first of a counter is MISSING. Pure; owner's thread. */
#pragma once

#include "prometheus/mapping.h"

enum reading_why {
	READING_GOOD,
	READING_DOWN,	     /* the source did not answer */
	READING_REFUSED,     /* the server refuses the query */
	READING_ABSENT,	     /* no such series */
	READING_AMBIGUOUS,   /* more than one */
	READING_NAN,	     /* not a number, or infinite */
	READING_STALE,	     /* older than max_age */
	READING_FIRST,	     /* of a counter: no rate yet */
	READING_RESET,	     /* the counter began anew */
	READING_IMPLAUSIBLE, /* outside of the range: BAD, not MISSING */
};
/* For people, behind "point: ". Static. */
const char *reading_text(enum reading_why why);

struct reading {
	enum reading_why why;
	Suandian__V1__Quality quality;
	int64_t t_ms;
	double value; /* NaN if MISSING */
};

/* Of one point, over time: for rates. Zeroed at first. */
struct reading_memory {
	bool has;
	int64_t t_ms;
	double raw;
};

/* What matches a selector in one page of metrics. Zeroed at first. */
struct reading_matches {
	size_t n;
	double sum, min, max;
	bool has_t, has_nan;
	int64_t t_ms; /* the oldest of those that were told */
};
void reading_match(struct reading_matches *m, const struct exposition_sample *s);

struct reading reading_missing(enum reading_why why, int64_t now_ms);

/* Of a page that was read at now_ms. */
struct reading reading_of_matches(const struct mapping_point *p, const struct reading_matches *m,
				  struct reading_memory *memory, int64_t now_ms);

/* Of a number that was true at t_ms and last seen by the source at seen_ms (INT64_MIN: not asked). */
struct reading reading_of_value(const struct mapping_point *p, double raw, int64_t t_ms,
				int64_t seen_ms);
