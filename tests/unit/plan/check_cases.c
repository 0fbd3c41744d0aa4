/* Planning cases of others with known optima (../shared/cases, kind site-milp), as far as a planning input can say
 * them: continuous ones with a single peak price. Which are not, and why, is printed and counted. */
#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "planlib/made.h"
#include "planlib/sites.h"
#include "testlib/run.h"
#include "testlib/shared.h"

/* One unit of power of a case is 100 MW here, so that whole watts are fine enough; one unit of price is 1 CNY. */
#define UNIT_W 1e8
#define UNIT_CNY (UNIT_W / 1e3)
#define HOLD_MAX 1e-5 /* a tie-break of the case: added to our cost afterwards */

static double number(const json_t *o, const char *key, size_t t, double otherwise)
{
	const json_t *v = json_object_get(o, key);

	if (json_is_array(v))
		v = json_array_get(v, t);
	return json_is_number(v) ? json_number_value(v) : otherwise;
}

static bool has(const json_t *o, const char *key)
{
	return json_array_size(json_object_get(o, key)) > 0;
}

static const char *why_charges_not(const json_t *d)
{
	const json_t *charges = json_object_get(d, "flow_charges"), *c = json_array_get(charges, 0);

	if (json_array_size(charges) == 0)
		return NULL;
	if (json_array_size(charges) > 1 ||
	    strcmp(json_string_value(json_object_get(c, "over")), "import") != 0 ||
	    strcmp(json_string_value(json_object_get(c, "aggregate")), "max") != 0)
		return "charges on export, or on more than the largest import";
	return NULL;
}

static const char *why_storage_not(const json_t *d)
{
	const json_t *s = json_array_get(json_object_get(d, "storages"), 0);

	if (json_array_size(json_object_get(d, "storages")) != 1)
		return "not one storage";
	if (has(s, "targets"))
		return "a state of charge that must be reached";
	if (json_is_true(json_object_get(s, "no_discharge_to_grid")))
		return "a ban on exporting from storage";
	if (fabs(number(s, "hold_cost", 0, 0)) > HOLD_MAX ||
	    number(s, "cycle_cost_charge", 0, 0) != 0)
		return "a price on charging or holding";
	return NULL;
}

/* Where energy is paid for being taken, "never both ways in one step" is a discrete choice, not a bound. */
static const char *why_burning_not(const json_t *d)
{
	const json_t *s = json_array_get(json_object_get(d, "storages"), 0);
	size_t n = (size_t)number(d, "n", 0, 0);

	for (size_t t = 0; t < n; t++) {
		if (number(d, "buy", t, 0) < 0 &&
		    number(s, "eta_c", 0, 1) * number(s, "eta_d", 0, 1) < 1)
			return "a negative price with a lossy store: a discrete choice";
		if (number(d, "sell", t, 0) > number(d, "buy", t, 0))
			return "selling dearer than buying: a discrete choice";
	}
	return NULL;
}

/* NULL: a planning input can say it. */
static const char *why_not(const json_t *d)
{
	const char *why;

	if (has(d, "loads"))
		return "loads that are on or off";
	if (has(d, "peaks"))
		return "peaks with windows, or whose incumbent is part of the objective";
	why = why_charges_not(d);
	if (!why)
		why = why_storage_not(d);
	return why ? why : why_burning_not(d);
}

static int64_t scaled(double v, double unit)
{
	return llround(fmin(fmax(v * unit, -1e10), 1e10));
}

static void fill_storage(struct plan_input *in, const json_t *s, double dt_h)
{
	struct storage *x = &in->storage[0];

	x->kind = ASSET_BATTERY;
	x->charge_max_w = scaled(number(s, "charge_max", 0, 0), UNIT_W);
	x->discharge_max_w = scaled(number(s, "discharge_max", 0, 0), UNIT_W);
	x->energy_wh = x->soc_max_wh = scaled(number(s, "soc_max", 0, 0), UNIT_W);
	x->soc_min_wh = x->reserve_wh = scaled(number(s, "soc_min", 0, 0), UNIT_W);
	x->eta_charge_ppm = llround(1e6 * number(s, "eta_c", 0, 1));
	x->eta_discharge_ppm = llround(1e6 * number(s, "eta_d", 0, 1));
	x->retention_ppm_per_h = llround(1e6 * pow(number(s, "retention", 0, 1), 1 / dt_h));
	x->wear_price_e4 = llround(1e4 * number(s, "cycle_cost_discharge", 0, 0));
	x->terminal_price_e4 = 0;
	in->soc_wh[0] = scaled(number(s, "soc0", 0, 0), UNIT_W);
}

static struct plan_input *input_of(const json_t *d)
{
	uint32_t n = (uint32_t)number(d, "n", 0, 0);
	double dt_h = number(d, "dt_h", 0, 0);
	struct plan_input *in =
		sites_plain(&made_arena, n, llround(dt_h * (double)MS_PER_H), 1, 1, 0);
	const json_t *charge = json_array_get(json_object_get(d, "flow_charges"), 0);

	in->prices = (struct plan_prices){0, 10000000, 10000000, 10000000, 10000000};
	in->load.capacity_w = INT64_C(10000000000);
	in->pcc.import_max_w = scaled(number(d, "import_max", 0, 100), UNIT_W);
	in->pcc.export_max_w = scaled(number(d, "export_max", 0, 100), UNIT_W);
	in->generators[0].curtailable = json_is_true(json_object_get(d, "pv_curtailable"));
	sites_demand(in, &made_arena, llround(1e4 * number(charge, "price", 0, 0)),
		     scaled(number(charge, "threshold", 0, 0), UNIT_W));
	for (uint32_t t = 0; t < n; t++) {
		in->price_buy_e4[t] = llround(1e4 * number(d, "buy", t, 0));
		in->price_sell_e4[t] = llround(1e4 * number(d, "sell", t, 0));
		in->load_it_w[t] = scaled(number(d, "load", t, 0), UNIT_W);
		in->generator_w[0][t] = scaled(number(d, "pv", t, 0), UNIT_W);
	}
	fill_storage(in, json_array_get(json_object_get(d, "storages"), 0), dt_h);
	return in;
}

static double cost_of(const json_t *d, const struct plan *p)
{
	const json_t *s = json_array_get(json_object_get(d, "storages"), 0);
	double dt_h = number(d, "dt_h", 0, 0), hold = number(s, "hold_cost", 0, 0);
	double cost = (double)p->objective_e4 / 1e4 / UNIT_CNY;
	uint32_t per_step = (uint32_t)(dt_h * 4);

	for (uint32_t k = per_step - 1; k < p->n; k += per_step)
		cost += dt_h * hold * (double)p->assets[1].level[k] / UNIT_W;
	return cost;
}

/* An input says efficiencies in ppm; what falls between two of them moves the optimum by more than the yardstick. */
static double tolerance(const json_t *d)
{
	const json_t *s = json_array_get(json_object_get(d, "storages"), 0);
	double eta = 1e6 * number(s, "eta_c", 0, 1);

	return fabs(eta - round(eta)) > 1e-3 ? 5e-6 : 1e-6;
}

/* 1 if the case could be said, and then it has the optimum. */
static int check_variant(const char *file, const json_t *v)
{
	const json_t *d = json_object_get(v, "data");
	const char *name = json_string_value(json_object_get(v, "name")), *why = why_not(d);
	double cost, optimum = number(json_object_get(v, "oracle"), "objective", 0, NAN);
	struct plan *p;

	if (why) {
		printf("%s %s: not expressible: %s\n", file, name, why);
		return 0;
	}
	p = made_plan(input_of(d));
	cost = cost_of(d, p);
	printf("%s %s: %.9g, optimum %.9g\n", file, name, cost, optimum);
	fflush(stdout);
	ck_assert_uint_eq(p->n_relaxations, 0);
	ck_assert_msg(fabs(cost - optimum) <= tolerance(d) * fmax(1, fabs(optimum)),
		      "%s %s: %.12g, not %.12g", file, name, cost, optimum);
	arena_reset(&made_arena);
	return 1;
}

START_TEST(what_others_know_the_optimum_of_has_it_here_too)
{
	static const struct {
		const char *file;
		int expressible;
	} cases[] = {
		{"cases/emhass-02-capacity-charge.json", 0},
		{"cases/emhass-03-demand-interval.json", 0},
		{"cases/emhass-05-eight-days-profit.json", 0},
		{"cases/fm-01-drain-peak.json", 1},
		{"cases/fm-02-unavoidable-breach.json", 1},
		{"cases/fm-05-day2-arbitrage.json", 4},
		{"cases/fm-10-process-load.json", 0},
		{"cases/fm-12-negative-prices.json", 2},
		{"cases/reopt-01-mpc.json", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_error_t e;
		const char *path = shared_or_skip(cases[i].file);
		json_t *c = json_load_file(path, 0, &e), *v;
		size_t k;
		int n = 0;

		free((void *)path);
		ck_assert_msg(c != NULL, "%s: %s", cases[i].file, e.text);
		json_array_foreach (json_object_get(c, "variants"), k, v)
			n += check_variant(cases[i].file, v);
		ck_assert_msg(n == cases[i].expressible, "%s: %d", cases[i].file, n);
		json_decref(c);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/cases");
	TCase *tc = tcase_create("cases");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, what_others_know_the_optimum_of_has_it_here_too);
	return run_suite(suite);
}
