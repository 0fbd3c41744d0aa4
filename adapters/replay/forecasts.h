/* Forecasts as a file recorded them: rows of (issued, for when, value), in order. Owner's thread. */
#pragma once

#include "replay/recipe.h"

struct forecast_row {
	int64_t issue_ms, t_ms;
	double raw; /* NaN: none */
	size_t line;
};

struct forecasts {
	struct forecast_row *row; /* by issue, then time */
	size_t n;
	size_t n_doubled;
};

/* Rows that agree are one; others of the same issue and time are a fault, as is a time that is not whole steps after
 * the first of its issue. 0, or an error with file and line. */
int forecasts_load(struct forecasts *fc, const struct recipe *recipe,
		   const struct recipe_series *spec, struct fault *f);
void forecasts_fini(struct forecasts *fc);

/* Rows of the issue that begins at row `at`: the first row behind it. */
size_t forecasts_issue_end(const struct forecasts *fc, size_t at);
