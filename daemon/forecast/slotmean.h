/* Samples of one point, folded into the mean of one slot. Sums are exact integers, so that samples may come in any
 * order and be taken back again (a correction replaces a value) with the same bytes as a result. What is missing
 * is never counted as zero: the mean is over the covered time, and the coverage tells how much that was. Pure. */
#pragma once

#include "base/slot.h"
#include "model/point.h"

/* The mean of a slot counts as known from this share of covered time on. */
#define SLOTMEAN_COVERAGE_MIN_PERMILLE 500

struct slotmean {
	__int128 sum;	    /* Σ value in 1/1000 of the unit × ms */
	int64_t covered_ms; /* may exceed the slot where samples overlap */
};

/* The span a sample stands for, from its declaration: a mean or an energy over its period (before or after t, by
 * the label), an instant or a status from t for one period. Counters have none: ret_from = ret_to. */
void slotmean_span(const struct point_decl *d, int64_t t_ms, int64_t *ret_from, int64_t *ret_to);

/* The part of the sample's span [from, to) that lies in the slot beginning at slot_ms is added (sign 1) or taken
 * back (sign −1). value is finite. */
void slotmean_add(struct slotmean *m, int64_t slot_ms, int64_t from_ms, int64_t to_ms, double value,
		  int sign);

/* 0…1000. */
int slotmean_coverage_permille(const struct slotmean *m);
/* Mean over the covered time; NaN if nothing is covered. */
double slotmean_value(const struct slotmean *m);
