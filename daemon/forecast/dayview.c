#include "forecast/dayview.h"

#include <math.h>
#include <string.h>

#include "forecast/frozen.h"

static int column(const struct zone *z, int64_t t_ms)
{
	struct local_time l = zone_local(z, t_ms);

	return (l.hour * 60 + l.minute) * SLOTS_PER_DAY / (24 * 60);
}

static double known(const struct dayview_ask *ask, int64_t slot_ms)
{
	return slot_ms + SLOT_MS <= ask->now_ms ? ask->sign * ask->mean(ask->ctx, slot_ms) : NAN;
}

/* A day on which the clock is changed: fewer columns are told of, or some twice. */
static void fill_changed(float row[SLOTS_PER_DAY], const struct dayview_ask *ask, int64_t from_ms,
			 int64_t to_ms)
{
	uint8_t n[SLOTS_PER_DAY] = {0};

	for (int64_t t = from_ms; t < to_ms; t += SLOT_MS) {
		int p = column(ask->zone, t);
		double v = known(ask, t);

		if (isnan(v))
			continue;
		row[p] = (float)(n[p] ? (row[p] * n[p] + v) / (n[p] + 1) : v);
		n[p]++;
	}
}

static void fill_row(float row[SLOTS_PER_DAY], const struct dayview_ask *ask, int64_t from_ms,
		     int64_t to_ms)
{
	for (int p = 0; p < SLOTS_PER_DAY; p++)
		row[p] = NAN;
	if (to_ms - from_ms != MS_PER_DAY) {
		fill_changed(row, ask, from_ms, to_ms);
		return;
	}
	for (int p = 0; p < SLOTS_PER_DAY; p++)
		row[p] = (float)known(ask, from_ms + p * SLOT_MS);
}

void dayview_init(struct dayview *v, const struct dayview_ask *ask)
{
	int64_t from, to;
	float *all = &v->at[0][0];

	v->zone = ask->zone;
	v->now_ms = ask->now_ms;
	v->today = calendar_date(ask->zone, ask->now_ms);
	v->now_pos = column(ask->zone, ask->now_ms);
	for (int r = 0; r < (int)ARRAY_SIZE(v->kind); r++)
		v->kind[r] =
			(uint8_t)calendar_day_kind(ask->calendar, v->today - DAYVIEW_TODAY + r);
	from = calendar_midnight(ask->zone, v->today - DAYVIEW_TODAY);
	for (int r = 0; r < DAYVIEW_ROWS; r++) {
		to = calendar_midnight(ask->zone, v->today - DAYVIEW_TODAY + r + 1);
		fill_row(v->at[r], ask, from, to);
		from = to;
	}
	v->n_frozen = frozen_mask(all, DAYVIEW_ROWS * SLOTS_PER_DAY, ask->period_ms);
	v->n_known = 0;
	for (int r = 0; r < DAYVIEW_ROWS; r++) {
		int n = 0;

		for (int p = 0; p < SLOTS_PER_DAY; p++)
			n += !isnan(v->at[r][p]);
		v->known[r] = (uint8_t)n;
		v->n_known += n;
	}
}

void dayview_place(const struct dayview *v, int64_t t_ms, int *ret_row, int *ret_pos)
{
	*ret_row = calendar_date(v->zone, t_ms) - v->today + DAYVIEW_TODAY;
	*ret_pos = column(v->zone, t_ms);
}
