/* What holds for every region. SUANDIAN_SEED=… repeats a run. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/region.h"
#include "plan/solve.h"
#include "planlib/regions.h"
#include "testlib/run.h"

#define N_REGIONS 36
#define SITES_MAX 10
#define N_COUPLED 10

static struct arena arena;
static uint64_t seed;

static void setup(void)
{
	arena_init(&arena, REGION_ARENA_CAP);
}

static void teardown(void)
{
	arena_fini(&arena);
}

static struct plan **make(const struct plan_region *in, enum solve_engine engine)
{
	struct plan **p = ARENA_ARRAY(&arena, (size_t)in->n_sites, struct plan *);
	struct solve_ctl ctl = {.engine = engine};
	struct fault f = {0};
	int r = region_make(in, &ctl, &arena, p, &f);

	ck_assert_msg(r == 0, "seed %llu: %s: %s", (unsigned long long)seed, err_name(r), f.text);
	for (int i = 0; i < in->n_sites; i++) {
		ck_assert_int_eq(plan_imbalance_w(p[i]), 0);
		ck_assert_msg(p[i]->gap <= 1e-6 && p[i]->residual <= 1e-5,
			      "seed %llu: gap %g residual %g", (unsigned long long)seed, p[i]->gap,
			      p[i]->residual);
	}
	return p;
}

static struct plan_region *next_region(int i)
{
	struct rng r;

	arena_reset(&arena);
	seed = rng_seed(1) * 100000 + (uint64_t)i;
	rng_init(&r, seed);
	return regions_random(&arena, &r, 1 + i % 4);
}

static double objective(const struct plan_region *in, enum solve_engine engine)
{
	return (double)make(in, engine)[0]->objective_e4;
}

/* ---- limits ---- */

static bool is_named(const struct plan *p, const struct region_limit *l, int64_t from_ms,
		     int64_t to_ms)
{
	char limit[3 * ID_MAX];

	snprintf(limit, sizeof(limit), "%s[%s]", l->kind, l->id);
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		if (strcmp(p->relaxations[i].limit, limit) == 0 &&
		    p->relaxations[i].start_ms >= from_ms && p->relaxations[i].start_ms < to_ms)
			return true;
	}
	return false;
}

static int n_binding,
	n_missed; /* steps at a limit; beyond it by what rounding alone can do, and more than it should */

static void count(int64_t beyond, int64_t slack)
{
	n_binding += beyond >= -slack && beyond <= 50;
	n_missed += beyond > slack && beyond <= 50;
}

static void check_limit(const struct plan_region *in, struct plan *const *p,
			const struct region_limit *l)
{
	const struct plan_input *first = in->sites[0];

	for (uint32_t t = 0; t < first->n; t++) {
		int64_t start = first->start_ms[t], end = start + first->duration_ms[t];
		int64_t sum = l->background_w[t], slack = l->n_sites;
		int k = plan_slot_at(p[0], start);
		int64_t least = l->export_max_w == INT64_MAX ? INT64_MIN / 2 : -l->export_max_w;

		for (int i = 0; i < l->n_sites; i++)
			sum += p[l->sites[i]]->pcc_w[k];
		least = min_i64(least, l->import_max_w);
		count(max_i64(sum - l->import_max_w, least - sum), slack);
		if (sum <= l->import_max_w + slack && sum >= least - slack)
			continue;
		for (int i = 0; i < l->n_sites; i++)
			ck_assert_msg(is_named(p[l->sites[i]], l, start, end),
				      "seed %llu: %s in step %u: %lld not in [%lld, %lld]",
				      (unsigned long long)seed, l->id, t, (long long)sum,
				      (long long)least, (long long)l->import_max_w);
	}
}

/* What the limits let through, as sums over a slot, and what is left of it. */
START_TEST(a_shared_limit_holds_to_the_watt_or_is_named)
{
	int limits = 0;

	n_binding = n_missed = 0;
	for (int i = 0; i < 2 * N_REGIONS; i++) {
		struct plan_region *in = next_region(i);
		struct plan **p = make(in, (enum solve_engine)_i);

		for (int l = 0; l < in->n_limits; l++)
			check_limit(in, p, &in->limits[l]);
		limits += in->n_limits;
	}
	ck_assert_int_gt(limits, N_REGIONS / 3);
	/* A store that runs empty a watt early is all that may be left. */
	ck_assert_int_gt(n_binding, 100);
	ck_assert_msg(100 * n_missed <= n_binding, "%d of %d", n_missed, n_binding);
}
END_TEST

/* What nobody would configure: sums that overflow, limits that cross, links that carry everything or less than nothing. */
static int64_t any(struct rng *r, int64_t usual)
{
	switch (rng_below(r, 6)) {
	case 0:
		return 0;
	case 1:
		return -usual;
	case 2:
		return rng_below(r, 2) ? INT64_MAX : INT64_MIN;
	default:
		return usual;
	}
}

static void make_insane(struct plan_region *in, struct rng *r)
{
	for (int l = 0; l < in->n_limits; l++) {
		struct region_limit *k = &in->limits[l];

		k->import_max_w = any(r, k->import_max_w);
		k->export_max_w = any(r, min_i64(k->export_max_w, INT64_MAX / 2));
		k->overload_price_e4 = any(r, k->overload_price_e4);
		for (uint32_t t = 0; t < in->sites[0]->n; t++)
			k->background_w[t] = any(r, k->background_w[t]);
	}
	for (int l = 0; l < in->n_links; l++) {
		struct region_link *k = &in->links[l];

		k->work_max_ds_per_h = any(r, k->work_max_ds_per_h);
		k->delay_ms = any(r, k->delay_ms);
		k->price_e4_per_kds = any(r, k->price_e4_per_kds);
		k->energy_wh_per_kds = any(r, k->energy_wh_per_kds);
	}
}

START_TEST(any_limits_and_links_get_a_plan)
{
	for (int i = 0; i < N_REGIONS; i++) {
		struct plan_region *in = next_region(i);
		struct plan **p = ARENA_ARRAY(&arena, (size_t)in->n_sites, struct plan *);
		struct solve_ctl ctl = {.engine = (enum solve_engine)_i};
		struct fault f = {0};
		struct rng r;
		int64_t again;
		int rc;

		rng_init(&r, ~seed);
		make_insane(in, &r);
		rc = region_make(in, &ctl, &arena, p, &f);
		ck_assert_msg(rc == 0, "seed %llu: %s: %s", (unsigned long long)seed, err_name(rc),
			      f.text);
		for (int s = 0; s < in->n_sites; s++)
			ck_assert_int_eq(plan_imbalance_w(p[s]), 0);
		ck_assert_int_eq(region_evaluate(in, (const struct plan *const *)p, &again), 0);
	}
}
END_TEST

/* ---- links ---- */

static int64_t moved(const struct plan *p, const char *link, bool out)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n_moves; i++) {
		ck_assert_int_gt(p->moves[i].work_ds, 0);
		ck_assert(i == 0 || p->moves[i].slot >= p->moves[i - 1].slot);
		if (p->moves[i].out == out && strcmp(p->moves[i].link, link) == 0)
			sum += p->moves[i].work_ds;
	}
	return sum;
}

/* Device-seconds that come over links to a queue less those that leave it. */
static int64_t gained(const struct plan *p, const char *queue)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n_moves; i++) {
		if (strcmp(p->moves[i].queue, queue) == 0)
			sum += p->moves[i].out ? -p->moves[i].work_ds : p->moves[i].work_ds;
	}
	return sum;
}

static double hours(const struct plan_input *in, const struct plan *p, uint32_t k)
{
	int64_t end = p->start_ms[k] + p->duration_ms[k];
	int64_t left = end - max_i64(in->now_ms, p->start_ms[k]);

	return (double)(left > 0 ? left : 0) / (double)MS_PER_H;
}

/* Share of a queue's full speed at a share of its full power. */
static double speed(const struct queue *q, double power)
{
	double from_p = 0, from_w = 0;

	for (int k = 0; k < q->n_segments; k++) {
		double p = (double)q->segment_power_ppm[k] / PPM;
		double w = (double)q->segment_work_ppm[k] / PPM;

		if (power <= p)
			return from_w + (power - from_p) * (w - from_w) / (p - from_p);
		from_p = p;
		from_w = w;
	}
	return q->n_segments > 0 ? 1 : power;
}

/* What was there and came, less what left and ran, is what the plan says is left. */
static void check_work(const struct plan_input *in, const struct plan *p)
{
	/* A step that is nearly over counts a minute. */
	if (in->start_ms[0] + in->duration_ms[0] - in->now_ms < MS_PER_MIN)
		return;
	for (int q = 0; q < in->n_queues; q++) {
		const struct plan_asset *x = &p->assets[in->n_generators + in->n_storage + q];
		double ds = (double)(in->backlog_ds[q] + gained(p, in->queues[q].id)), ran = 0;
		double devices = (double)in->queues[q].devices;
		double full_w = devices * (double)in->queues[q].device_power_w *
				(double)in->load.pue_ppm / PPM;

		for (uint32_t t = 0; t < in->n; t++)
			ds += (double)in->arrivals_ds[q][t];
		for (uint32_t k = 0; k < p->n; k++)
			ran += hours(in, p, k) * devices *
			       speed(&in->queues[q], (double)x->power_w[k] / full_w);
		ds -= 3600 * ran;
		ck_assert_msg(fabs(ds - (double)x->level[p->n - 1]) <= 1 + 1e-6 * fabs(ds) + 40,
			      "seed %llu: %s/%s: %g left, said %lld", (unsigned long long)seed,
			      in->site, in->queues[q].id, ds, (long long)x->level[p->n - 1]);
	}
}

START_TEST(work_is_neither_made_nor_lost_on_its_way)
{
	int64_t all = 0;

	for (int i = 0; i < N_REGIONS; i++) {
		struct plan_region *in = next_region(i);
		struct plan **p = make(in, SOLVE_CLP);

		for (int l = 0; l < in->n_links; l++) {
			const struct region_link *k = &in->links[l];
			int64_t out = moved(p[k->from], k->id, true);

			ck_assert_int_eq(out, moved(p[k->to], k->id, false));
			all += out;
		}
		for (int s = 0; s < in->n_sites; s++)
			check_work(in->sites[s], p[s]);
	}
	ck_assert_int_gt(all, 0);
}
END_TEST

/* ---- money ---- */

/* The room of each limit, divided among its sites by what they would take. */
static double alone_with_shares(const struct plan_region *in)
{
	double sum = 0;

	for (int s = 0; s < in->n_sites; s++) {
		struct plan_region one = {.n_sites = 1, .sites = &in->sites[s]};
		struct region_limit own[8];
		int zero = 0;

		ck_assert_int_le(in->n_limits, 8);
		for (int l = 0; l < in->n_limits; l++) {
			const struct region_limit *k = &in->limits[l];
			struct region_limit *x = &own[one.n_limits];
			bool on = false;

			for (int i = 0; i < k->n_sites; i++)
				on |= k->sites[i] == s;
			if (!on)
				continue;
			one.n_limits++;
			*x = *k;
			x->n_sites = 1;
			x->sites = &zero;
			x->import_max_w = k->import_max_w / k->n_sites;
			x->export_max_w = k->export_max_w == INT64_MAX
						  ? INT64_MAX
						  : k->export_max_w / k->n_sites;
			if (k->overload_price_e4 <= 0)
				x->overload_price_e4 = in->sites[0]->prices.overload_e4;
			x->background_w = ARENA_ARRAY(&arena, in->sites[0]->n, int64_t);
			for (uint32_t t = 0; t < in->sites[0]->n; t++)
				x->background_w[t] = k->background_w[t] / k->n_sites;
		}
		one.limits = own;
		sum += objective(&one, SOLVE_CLP);
	}
	return sum;
}

START_TEST(a_region_costs_no_less_than_without_limits_and_no_more_than_site_by_site)
{
	for (int i = 0; i < N_REGIONS; i++) {
		struct plan_region *in = next_region(i);
		struct plan_region free = *in;
		double together, without, apart, slack;

		free.n_limits = 0;
		/* Refinement is no longer convex where queues have a minimum, or stores would burn energy. */
		for (int s = 0; s < in->n_sites; s++) {
			for (int q = 0; q < in->sites[s]->n_queues; q++)
				in->sites[s]->queues[q].power_min_w = 0;
			for (uint32_t t = 0; t < in->sites[s]->n; t++) {
				in->sites[s]->price_buy_e4[t] =
					llabs(in->sites[s]->price_buy_e4[t]);
				in->sites[s]->price_sell_e4[t] = in->sites[s]->price_buy_e4[t] / 2;
			}
		}
		together = objective(in, SOLVE_CLP);
		without = objective(&free, SOLVE_CLP);
		apart = alone_with_shares(in);
		slack = 1e-5 * fabs(together) + 5000.0 * in->n_sites;
		ck_assert_msg(together >= without - slack, "seed %llu: %g < %g without limits",
			      (unsigned long long)seed, together, without);
		ck_assert_msg(together <= apart + slack, "seed %llu: %g > %g site by site",
			      (unsigned long long)seed, together, apart);
	}
}
END_TEST

START_TEST(both_solvers_find_the_same_optimum)
{
	int n_sites = 1 + _i % SITES_MAX, fine_h = 4;
	struct plan_region *in = regions_alike(&arena, (uint64_t)_i, n_sites, 24, fine_h);
	double clp = objective(in, SOLVE_CLP);
	struct plan **ipm = make(in, SOLVE_IPM);

	seed = (uint64_t)_i;
	ck_assert_str_eq(ipm[0]->solver, "ipm 1");
	ck_assert_double_le(fabs((double)ipm[0]->objective_e4 - clp),
			    1e-6 * fabs(clp) + 2000.0 * n_sites);
}
END_TEST

START_TEST(a_plan_is_worth_what_it_says)
{
	for (int i = 0; i < N_REGIONS; i++) {
		struct plan_region *in = next_region(i);
		struct plan **p = make(in, SOLVE_CLP);
		int64_t again;

		ck_assert_int_eq(region_evaluate(in, (const struct plan *const *)p, &again), 0);
		ck_assert_msg(again == p[0]->objective_e4, "seed %llu: %lld, said %lld",
			      (unsigned long long)seed, (long long)again,
			      (long long)p[0]->objective_e4);
	}
}
END_TEST

/* What is only looked at is planned, but not told. */
START_TEST(beyond_the_published_horizon_nothing_is_told)
{
	for (int i = 0; i < N_REGIONS / 2; i++) {
		struct plan_region *in = next_region(i);
		uint32_t steps = 1 + in->sites[0]->n / 2;
		struct plan **p;

		for (int s = 0; s < in->n_sites && steps < in->sites[0]->n; s++)
			in->sites[s]->publish_until_ms = in->sites[0]->start_ms[steps];
		p = make(in, SOLVE_CLP);
		for (int s = 0; s < in->n_sites; s++) {
			if (steps < in->sites[0]->n)
				ck_assert_int_eq(p[s]->start_ms[p[s]->n - 1] + SLOT_MS,
						 in->sites[0]->start_ms[steps]);
			for (uint32_t k = 0; k < p[s]->n_moves; k++)
				ck_assert_uint_lt(p[s]->moves[k].slot, p[s]->n);
			for (uint32_t k = 0; k < p[s]->n_bindings; k++)
				ck_assert_uint_lt(p[s]->bindings[k].slot, p[s]->n);
		}
		/* What leaves last arrives out of sight. */
		for (int l = 0; l < in->n_links; l++)
			ck_assert_int_ge(moved(p[in->links[l].from], in->links[l].id, true),
					 moved(p[in->links[l].to], in->links[l].id, false));
	}
}
END_TEST

/* ---- bytes ---- */

static void *reversed(const void *from, size_t n, size_t size)
{
	char *to = arena_array(&arena, n, size);

	for (size_t i = 0; i < n; i++)
		memcpy(to + i * size, (const char *)from + (n - 1 - i) * size, size);
	return to;
}

static struct plan_region *backwards(const struct plan_region *in)
{
	struct plan_region *to = arena_memdup(&arena, in, sizeof(*in));
	size_t n = (size_t)in->n_sites;

	to->sites = reversed(in->sites, n, sizeof(struct plan_input *));
	to->limits = reversed(in->limits, (size_t)in->n_limits, sizeof(*in->limits));
	to->links = reversed(in->links, (size_t)in->n_links, sizeof(*in->links));
	for (int l = 0; l < in->n_limits; l++) {
		struct region_limit *k = &to->limits[l];

		k->sites = arena_memdup(&arena, k->sites, (size_t)k->n_sites * sizeof(int));
		for (int i = 0; i < k->n_sites; i++)
			k->sites[i] = in->n_sites - 1 - k->sites[i];
	}
	for (int l = 0; l < in->n_links; l++) {
		to->links[l].from = in->n_sites - 1 - to->links[l].from;
		to->links[l].to = in->n_sites - 1 - to->links[l].to;
	}
	return to;
}

START_TEST(the_order_in_which_sites_are_given_changes_no_byte)
{
	for (int i = 0; i < N_REGIONS / 2; i++) {
		struct plan_region *in = next_region(i), *other = backwards(in);
		struct plan **p = make(in, SOLVE_CLP), **q = make(other, SOLVE_CLP);

		for (int s = 0; s < in->n_sites; s++) {
			const struct plan *same = q[in->n_sites - 1 - s];

			ck_assert_str_eq(p[s]->site, same->site);
			ck_assert_mem_eq(p[s]->plan_hash, same->plan_hash, SHA256_LEN);
			ck_assert_mem_eq(p[s]->snapshot_hash, same->snapshot_hash, SHA256_LEN);
		}
	}
}
END_TEST

START_TEST(a_snapshot_gives_the_same_plans_again)
{
	for (int i = 0; i < N_REGIONS; i++) {
		struct plan_region *in = next_region(i), *copy = NULL;
		enum solve_engine engine = i % 2 ? SOLVE_IPM : SOLVE_CLP;
		struct plan **p = make(in, engine), **q;
		struct buf b;

		buf_init(&b, 0);
		ck_assert_int_eq(plan_region_encode(in, &b), 0);
		ck_assert_int_eq(plan_region_decode(buf_peek(&b), buf_avail(&b), &arena, &copy), 0);
		q = make(copy, engine);
		for (int s = 0; s < in->n_sites; s++) {
			uint8_t hash[SHA256_LEN];

			sha256(buf_peek(&b), buf_avail(&b), hash);
			ck_assert_mem_eq(p[s]->snapshot_hash, hash, SHA256_LEN);
			ck_assert_mem_eq(p[s]->plan_hash, q[s]->plan_hash, SHA256_LEN);
		}
		buf_fini(&b);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/region_random");
	TCase *tc = tcase_create("region_random");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_shared_limit_holds_to_the_watt_or_is_named, SOLVE_CLP,
			    SOLVE_IPM + 1);
	tcase_add_loop_test(tc, any_limits_and_links_get_a_plan, SOLVE_CLP, SOLVE_IPM + 1);
	tcase_add_test(tc, work_is_neither_made_nor_lost_on_its_way);
	tcase_add_test(tc,
		       a_region_costs_no_less_than_without_limits_and_no_more_than_site_by_site);
	tcase_add_loop_test(tc, both_solvers_find_the_same_optimum, 0, N_COUPLED);
	tcase_add_test(tc, a_plan_is_worth_what_it_says);
	tcase_add_test(tc, beyond_the_published_horizon_nothing_is_told);
	tcase_add_test(tc, the_order_in_which_sites_are_given_changes_no_byte);
	tcase_add_test(tc, a_snapshot_gives_the_same_plans_again);
	return run_suite(suite);
}
