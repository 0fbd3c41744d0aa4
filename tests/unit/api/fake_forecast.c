/* The fake engine's forecasts: points up to 4 can be foretold; a backtest takes three steps. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_forecast.h"

struct fake_forecast fake_forecast;

struct backtest_run {
	int steps;
	struct backtest_report report;
};

const struct point *engine_find_point(const struct engine *e, const char *name)
{
	for (uint32_t id = 1; id <= engine_point_count(e); id++) {
		const struct point *p = engine_point(e, id);

		if (strcmp(p->decl.name, name) == 0)
			return p;
	}
	return NULL;
}

int engine_backtest_open(const struct engine *e, uint32_t point, int days,
			 struct backtest_run **ret, struct fault *f)
{
	struct backtest_run *r;

	(void)e;
	if (point > 4)
		return fault_set(f, ERR_INVALID, "point %u is bound to nothing", point);
	if (days > 366)
		return fault_set(f, ERR_INVALID, "%d days", days);
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->report.days = days;
	r->report.all.rrmse = 0.125;
	r->report.all.mape = NAN;
	r->report.lead[5].lead_end_ms = 48 * MS_PER_H;
	snprintf(r->report.kind, sizeof(r->report.kind), "load");
	fake_forecast.open++;
	*ret = r;
	return 0;
}

int engine_backtest_step(struct backtest_run *r)
{
	if (fake_forecast.step_rc)
		return fake_forecast.step_rc;
	return ++r->steps < 3;
}

const struct backtest_report *engine_backtest_report(const struct backtest_run *r)
{
	return &r->report;
}

void engine_backtest_close(struct backtest_run *r)
{
	fake_forecast.open -= r != NULL;
	free(r);
}

int engine_outlook(struct engine *e, uint32_t point, uint32_t n, struct outlook_slot *ret,
		   struct plan_source *ret_source, struct fault *f)
{
	(void)e;
	(void)f;
	for (uint32_t i = 0; i < n; i++)
		ret[i] = (struct outlook_slot){.start_ms = i * SLOT_MS,
					       .value = point + i,
					       .p10 = i ? (double)point : (double)NAN,
					       .p90 = point + 2 * i};
	*ret_source = (struct plan_source){"x", "yesterday", QUALITY_ESTIMATED};
	return 0;
}
