/* A pushed forecast: values on equal steps, with issue time and label convention. Pure. */
#pragma once

#include "model/units.h"

#define CURVE_MAX 4096 /* steps in one curve */

struct curve {
	uint32_t point;
	char source[NAME_MAX_B];
	int64_t issue_ms;
	int64_t start_ms; /* START of the first interval, whatever label the sender used */
	int64_t step_ms;
	uint32_t n;
	double *value;	   /* NaN = no forecast for the step; owner's memory */
	double *p10, *p90; /* or NULL */
};

/* From what a sender declared (label, time stamp of value[0]) to START of the first interval. */
int64_t curve_normal_start(enum point_label label, int64_t start_ms, int64_t step_ms);

/* Time-weighted mean over [from, to); NaN if any part of it is not covered or NaN. */
double curve_mean(const struct curve *c, int64_t from_ms, int64_t to_ms);
