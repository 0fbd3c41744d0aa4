/* Any bytes as a planning case: a document is refused with a place, or its numbers are what the solver may rely on:
 * finite where they must be, inside their ranges, series as long as the horizon; and bounds that follow from them are
 * in order of magnitude. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>

#include "calc/reach.h"

#define ARENA_CAP_B ((size_t)64 << 20)
#define STEPS_ENOUGH 200 /* reach is linear in steps; what is longer only takes time */

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void check_series(const double *x, int n, double lo)
{
	for (int t = 0; t < n; t++)
		require(isfinite(x[t]) && x[t] >= lo && fabs(x[t]) <= JREAD_MAX_NUMBER);
}

static void check_storage(const struct site_case *c, const struct case_storage *s)
{
	require(s->eta_c > 0 && s->eta_c <= 1 && s->eta_d > 0 && s->eta_d <= 1);
	require(s->retention > 0 && s->retention <= 1 && isfinite(s->soc0));
	check_series(s->hold_cost, c->n, -JREAD_MAX_NUMBER);
	for (int t = 0; t < c->n; t++)
		require(s->soc_min[t] <= s->soc_max[t] && s->charge_max[t] >= 0 &&
			s->discharge_max[t] >= 0);
	for (int g = 0; g < s->n_targets; g++)
		require(s->targets[g].end_of_step >= 0 && s->targets[g].end_of_step < c->n);
}

static void check_case(const struct site_case *c, struct arena *a)
{
	struct reach reach;

	require(c->n >= 1 && c->n <= CASE_MAX_STEPS && c->dt_h > 0);
	check_series(c->buy, c->n, -JREAD_MAX_NUMBER);
	check_series(c->sell, c->n, -JREAD_MAX_NUMBER);
	check_series(c->pv, c->n, 0);
	for (int i = 0; i < c->n_storages; i++)
		check_storage(c, &c->storages[i]);
	for (int i = 0; i < c->n_loads; i++)
		check_series(c->loads[i].power, c->n, 0);
	for (int i = 0; i < c->n_peaks; i++)
		require(c->peaks[i].interval_steps >= 1 &&
			c->peaks[i].n_history < c->peaks[i].interval_steps);
	if (c->n > STEPS_ENOUGH || reach_make(c, a, &reach))
		return;
	require(reach.flow > 0 && isfinite(reach.flow) && reach.level > 0 && isfinite(reach.level));
	for (int t = 0; t < c->n; t++)
		require(reach.import_most[t] >= 0 && reach.export_most[t] >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *doc = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct case_file cases = {0};
	struct fault f = {0};
	struct arena a;
	int r;

	arena_init(&a, ARENA_CAP_B);
	r = json_is_object(doc) ? case_read(doc, &a, &f, &cases) : ERR_MALFORMED;
	require(!json_is_object(doc) || r == 0 || f.text[0] != '\0');
	for (int i = 0; !r && i < cases.n_variants; i++)
		check_case(&cases.variants[i].data, &a);
	arena_fini(&a);
	json_decref(doc);
	return 0;
}
