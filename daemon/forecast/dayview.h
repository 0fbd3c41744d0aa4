/* What is known of one point at a moment, laid out by local days: a row per date, a column per quarter hour of the
 * wall clock. Everything that forecasts reads this, and nothing in it is younger than the moment: slots that end
 * after now are unknown, so a test in the past can not see its future. Pure. */
#pragma once

#include "model/calendar.h"

#define DAYVIEW_ROWS 36 /* today and the five weeks before it */
#define DAYVIEW_AHEAD 8 /* dates whose kind is known: today and a week */
#define DAYVIEW_TODAY (DAYVIEW_ROWS - 1)

struct dayview_ask {
	const struct zone *zone;
	const struct calendar *calendar; /* NULL = weekends only */
	int64_t now_ms;
	int sign; /* −1: the meter counts what is forecast as negative (generation); else 1 */
	int64_t period_ms; /* of the point: a value may stand for several slots */
	/* Mean of the slot, NaN = unknown. */
	double (*mean)(const void *ctx, int64_t slot_ms);
	const void *ctx;
};

struct dayview {
	const struct zone *zone;
	int64_t now_ms;
	int32_t today;					/* local date of row DAYVIEW_TODAY */
	uint8_t kind[DAYVIEW_ROWS + DAYVIEW_AHEAD - 1]; /* enum day_kind */
	int now_pos;					/* column of now */
	int n_known;					/* slots */
	uint8_t known[DAYVIEW_ROWS];			/* of each row */
	int n_frozen;					/* left out because the meter stood still */
	/* NaN = unknown. A slot that the clock skips is unknown, one that it shows twice is the mean of both. */
	float at[DAYVIEW_ROWS][SLOTS_PER_DAY];
};

void dayview_init(struct dayview *v, const struct dayview_ask *ask);
/* Row and column of a moment; the row may lie outside. */
void dayview_place(const struct dayview *v, int64_t t_ms, int *ret_row, int *ret_pos);
