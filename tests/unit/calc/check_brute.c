/* Random small cases against exhaustion: same feasibility, same cost, and of on/off loads the earliest of equal
 * patterns. SUANDIAN_TORTURE=1: thirty times as many. */
#include <math.h>
#include <stdlib.h>

#include "brute.h"
#include "calc/exact.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define CASES 80
/* Costs of a few units, both sides solved to 1e-9 and better. */
#define CLOSE 2e-8

/* Few different values, so that ties and equal prices are common; now and then any. */
static double pick(struct rng *r, double lo, double hi)
{
	if (rng_below(r, 4) == 0)
		return lo + (hi - lo) * rng_double(r);
	return lo + (hi - lo) * (double)rng_below(r, 5) / 4;
}
static bool one_in(struct rng *r, uint64_t n)
{
	return rng_below(r, n) == 0;
}

static double *series(struct rng *r, struct arena *a, int n, double lo, double hi)
{
	double *x = ARENA_ARRAY(a, (size_t)n, double);
	bool constant = one_in(r, 3);

	for (int t = 0; t < n; t++)
		x[t] = t && constant ? x[0] : pick(r, lo, hi);
	return x;
}
static double *constant(struct arena *a, int n, double value)
{
	double *x = ARENA_ARRAY(a, (size_t)n, double);

	for (int t = 0; t < n; t++)
		x[t] = value;
	return x;
}
static bool *flags(struct rng *r, struct arena *a, int n)
{
	bool *x = ARENA_ARRAY(a, (size_t)n, bool);
	bool all = one_in(r, 2);

	for (int t = 0; t < n; t++)
		x[t] = all || !one_in(r, 3);
	return x;
}

static void random_targets(struct rng *r, struct arena *a, const struct site_case *c, double price,
			   struct case_storage *s)
{
	if (one_in(r, 2))
		return;
	s->n_targets = 1;
	s->targets = ARENA_NEW(a, struct case_target);
	*s->targets = (struct case_target){.end_of_step = (int)rng_below(r, (uint64_t)c->n),
					   .op = (int)rng_below(r, 3),
					   .value = pick(r, s->soc_min[0], s->soc_max[0]),
					   .penalty = one_in(r, 2) ? -1 : pick(r, 0, 3 * price)};
}

static void random_storage(struct rng *r, struct arena *a, struct site_case *c, double price,
			   double power, struct case_storage *s)
{
	double level = power * c->dt_h * 2;
	int n = c->n;

	s->soc_min = constant(a, n, one_in(r, 3) ? level / 4 : 0);
	s->soc_max = constant(a, n, level);
	s->soc0 = pick(r, s->soc_min[0], level);
	s->charge_max = one_in(r, 6) ? constant(a, n, INFINITY) : series(r, a, n, 0, power);
	s->discharge_max = one_in(r, 6) ? constant(a, n, INFINITY) : series(r, a, n, 0, power);
	s->eta_c = one_in(r, 2) ? 1 : pick(r, 0.5, 1);
	s->eta_d = one_in(r, 2) ? 1 : pick(r, 0.5, 1);
	s->retention = one_in(r, 2) ? 1 : pick(r, 0.5, 1);
	s->cycle_cost_charge = constant(a, n, one_in(r, 2) ? 0 : pick(r, -price / 4, price / 2));
	s->cycle_cost_discharge = constant(a, n, one_in(r, 2) ? 0 : pick(r, 0, price / 2));
	s->hold_cost = constant(a, n, one_in(r, 2) ? 0 : pick(r, -price / 8, price / 8));
	s->no_discharge_to_grid = one_in(r, 4);
	random_targets(r, a, c, price, s);
}

static void random_load(struct rng *r, struct arena *a, struct site_case *c, double power,
			struct case_load *l)
{
	int steps = (int)rng_below(r, (uint64_t)c->n + 1);

	l->kind = one_in(r, 3) ? CASE_CONTINUOUS : CASE_ON_OFF;
	l->power = one_in(r, 3) ? series(r, a, c->n, 0, power) : constant(a, c->n, power);
	l->allowed = flags(r, a, c->n);
	l->steps_on = -1;
	l->energy = -1;
	if (one_in(r, 4))
		l->energy = steps * l->power[0] * c->dt_h;
	else if (!one_in(r, 5) && (l->kind == CASE_ON_OFF || l->power[0] == l->power[c->n - 1]))
		l->steps_on = steps;
	l->startup_cost_per_price = one_in(r, 2) ? 0 : pick(r, 0, 2 * power * c->dt_h);
	l->single_block = one_in(r, 3);
	l->initial_on = one_in(r, 3);
}

static void random_extras(struct rng *r, struct arena *a, struct site_case *c, double price,
			  double power)
{
	c->n_charges = (int)rng_below(r, 3);
	c->charges = ARENA_ARRAY(a, (size_t)c->n_charges, struct case_charge);
	for (int i = 0; i < c->n_charges; i++) {
		struct case_charge *h = &c->charges[i];

		h->over = (int)rng_below(r, 2);
		h->aggregate = (int)rng_below(r, 2);
		h->price = pick(r, 0, price);
		h->threshold = series(r, a, c->n, -power / 4, power);
		h->per_hour = h->aggregate == CASE_SUM && one_in(r, 2);
	}
	c->n_peaks = (int)rng_below(r, 3);
	c->peaks = ARENA_ARRAY(a, (size_t)c->n_peaks, struct case_peak);
	for (int i = 0; i < c->n_peaks; i++) {
		struct case_peak *p = &c->peaks[i];

		p->price = pick(r, 0, 2 * price);
		p->incumbent = one_in(r, 2) ? 0 : pick(r, 0, power);
		p->interval_steps = 1 + (int)rng_below(r, (uint64_t)c->n + 1);
		p->window = flags(r, a, c->n);
		p->n_history = (int)rng_below(r, (uint64_t)p->interval_steps);
		p->history = series(r, a, p->n_history, 0, power);
	}
}

/* A case that exhaustion can take: at most 14 bits of pattern. */
static void random_case(struct rng *r, struct arena *a, struct site_case *c)
{
	const double price = 1, power = 1;

	*c = (struct site_case){.n = (int)rng_range(r, 1, 4), .dt_h = one_in(r, 2) ? 0.25 : 1};
	c->buy = series(r, a, c->n, one_in(r, 3) ? -price : 0, price);
	c->sell = one_in(r, 3) ? arena_memdup(a, c->buy, (size_t)c->n * sizeof(double))
			       : series(r, a, c->n, one_in(r, 3) ? -price : 0, price);
	c->load = series(r, a, c->n, one_in(r, 6) ? -power : 0, power);
	c->pv = one_in(r, 2) ? constant(a, c->n, 0) : series(r, a, c->n, 0, 2 * power);
	c->import_max = one_in(r, 2) ? constant(a, c->n, INFINITY)
				     : series(r, a, c->n, power / 2, 3 * power);
	c->export_max =
		one_in(r, 2) ? constant(a, c->n, INFINITY) : series(r, a, c->n, 0, 2 * power);
	c->pv_curtailable = one_in(r, 2);
	c->grid_binary = one_in(r, 3);
	c->n_storages = (int)rng_below(r, c->n < 4 ? 3 : 2);
	c->n_loads = (int)rng_below(r, c->n < 4 && c->n_storages < 2 ? 3 : 2);
	c->storages = ARENA_ARRAY(a, (size_t)c->n_storages, struct case_storage);
	c->loads = ARENA_ARRAY(a, (size_t)c->n_loads, struct case_load);
	for (int i = 0; i < c->n_storages; i++)
		random_storage(r, a, c, price, power, &c->storages[i]);
	for (int i = 0; i < c->n_loads; i++)
		random_load(r, a, c, power, &c->loads[i]);
	random_extras(r, a, c, price, power);
}

static void multiply(double *x, int n, double by)
{
	for (int i = 0; i < n; i++)
		x[i] *= by;
}

/* The same case in other units. */
static void convert(struct site_case *c, double price, double power)
{
	multiply(c->buy, c->n, price);
	multiply(c->sell, c->n, price);
	multiply(c->load, c->n, power);
	multiply(c->pv, c->n, power);
	multiply(c->import_max, c->n, power);
	multiply(c->export_max, c->n, power);
	for (int i = 0; i < c->n_storages; i++) {
		struct case_storage *s = &c->storages[i];

		s->soc0 *= power;
		multiply(s->soc_min, c->n, power);
		multiply(s->soc_max, c->n, power);
		multiply(s->charge_max, c->n, power);
		multiply(s->discharge_max, c->n, power);
		multiply(s->cycle_cost_charge, c->n, price);
		multiply(s->cycle_cost_discharge, c->n, price);
		multiply(s->hold_cost, c->n, price);
		for (int g = 0; g < s->n_targets; g++) {
			s->targets[g].value *= power;
			s->targets[g].penalty *= price;
		}
	}
	for (int i = 0; i < c->n_loads; i++) {
		multiply(c->loads[i].power, c->n, power);
		c->loads[i].energy *= power;
		c->loads[i].startup_cost_per_price *= power;
	}
	for (int i = 0; i < c->n_charges; i++) {
		multiply(c->charges[i].threshold, c->n, power);
		c->charges[i].price *= price;
	}
	for (int i = 0; i < c->n_peaks; i++) {
		c->peaks[i].price *= price;
		c->peaks[i].incumbent *= power;
		multiply(c->peaks[i].history, c->peaks[i].n_history, power);
	}
}

/* Are the on/off loads all that there is to place? Then the earliest pattern is the answer's. */
static bool pure_loads(const struct site_case *c)
{
	for (int i = 0; i < c->n_loads; i++)
		if (c->loads[i].kind != CASE_ON_OFF)
			return false;
	return c->n_loads > 0 && c->n_storages == 0;
}

static int earliest_of(const struct site_case *c, const struct schedule *s)
{
	int sum = 0;

	for (int i = 0; i < c->n_loads; i++)
		for (int t = 0; t < c->n; t++)
			sum += s->loads[i].on[t] ? t + 1 : 0;
	return sum;
}

struct tally {
	int optimal, infeasible, pure, as_found;
	long patterns;
};

static void compare(struct site_case *c, struct rng *rng, uint64_t seed, struct arena *a,
		    struct tally *n)
{
	double price = pow(10, (double)rng_range(rng, -5, 4));
	double power = pow(10, (double)rng_range(rng, -2, 6)), unit = price * power;
	struct exact_ctl ctl = {.max_seconds = 0};
	struct fault f = {0};
	struct brute truth;
	struct exact x;
	int r;

	brute_solve(c, &truth);
	convert(c, price, power);
	r = exact_solve(c, &ctl, a, &f, &x);
	ck_assert_msg(r == 0, "seed %#lx: %d %s", seed, r, f.text);
	n->patterns += truth.patterns;
	if (!truth.feasible) {
		ck_assert_msg(x.status == EXACT_INFEASIBLE, "seed %#lx: %s, not infeasible", seed,
			      exact_status_name(x.status));
		n->infeasible++;
		return;
	}
	ck_assert_msg(x.status == EXACT_OPTIMAL, "seed %#lx: %s (%s, gap %g), not %.12g", seed,
		      exact_status_name(x.status), x.why, x.gap, truth.cost);
	ck_assert_msg(fabs(x.cost / unit - truth.cost) <= CLOSE,
		      "seed %#lx: cost %.15g, by exhaustion %.15g", seed, x.cost / unit,
		      truth.cost);
	ck_assert_msg(x.verdict.worst <= JUDGE_TOLERANCE, "seed %#lx: %s", seed, x.verdict.what);
	ck_assert_msg(x.bound / unit <= truth.cost + CLOSE, "seed %#lx: bound %.15g above %.15g",
		      seed, x.bound / unit, truth.cost);
	n->optimal++;
	n->as_found += x.ties == TIES_AS_FOUND;
	if (pure_loads(c) && x.ties == TIES_EARLIEST) {
		n->pure++;
		ck_assert_msg(earliest_of(c, &x.schedule) == truth.earliest,
			      "seed %#lx: %d, earliest is %d", seed, earliest_of(c, &x.schedule),
			      truth.earliest);
	}
}

START_TEST(random_cases_have_the_optimum_of_exhaustion)
{
	int count = getenv("SUANDIAN_TORTURE") ? 30 * CASES : CASES;
	uint64_t seed = rng_seed(0x5ca1ab1e) + (uint64_t)_i * 100000;
	struct tally n = {0};

	for (int i = 0; i < count; i++, seed++) {
		struct arena a;
		struct site_case c;
		struct rng r;

		arena_init(&a, (size_t)64 << 20);
		rng_init(&r, seed);
		random_case(&r, &a, &c);
		compare(&c, &r, seed, &a, &n);
		arena_fini(&a);
	}
	fprintf(stderr,
		"%d cases: %d optimal, %d infeasible, %d with the earliest loads, %d ties as found, %ld "
		"patterns\n",
		count, n.optimal, n.infeasible, n.pure, n.as_found, n.patterns);
	ck_assert_int_gt(n.optimal, count / 4);
	ck_assert_int_gt(n.infeasible, 0);
	ck_assert_int_gt(n.pure, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("brute");
	TCase *c = tcase_create("brute");

	tcase_set_timeout(c, getenv("SUANDIAN_TORTURE") ? 1200 : 120);
	tcase_add_loop_test(c, random_cases_have_the_optimum_of_exhaustion, 0, 4);
	suite_add_tcase(s, c);
	return run_suite(s);
}
