/* The values of one point over time, from a file: in order, each time once, whatever the order of the rows. Owner's
 * thread. */
#pragma once

#include "replay/recipe.h"

struct track_row {
	int64_t t_ms; /* time stamp, under the point's label */
	double raw;   /* NaN: the file has no value there */
	size_t line;
};

struct track {
	const struct recipe_series *spec;
	struct track_row *row; /* ascending */
	size_t n;
	size_t n_doubled, n_conflicts, n_skipped; /* rows that gave no row of their own */
};

/* Reads the file of the spec. Two rows with the same time and value are one; with different values they are a fault, or
 * no value (spec->conflict). An empty field or "nan" is no value; any other text is a fault. With map_from, times are
 * moved so that the local hours of that day in the file's zone become those of the day of first_ms in `zone`.
 * 0, or an error with file and line. */
int track_load(struct track *t, const struct recipe *recipe, const struct recipe_series *spec,
	       int64_t first_ms, struct fault *f);
void track_fini(struct track *t);

/* When a value with this time stamp can be known: at the end of its interval. */
int64_t track_known_ms(const struct recipe_series *spec, int64_t t_ms);

/* The first row that is known after t_ms; n if there is none. */
size_t track_after(const struct track *t, int64_t t_ms);

/* What the rows say about [from, to): the time-weighted mean of raw values (of energies: their sum), NaN where they do
 * not reach or have no value. */
double track_mean(const struct track *t, int64_t from_ms, int64_t to_ms);
