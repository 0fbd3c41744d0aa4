#include "model/plan.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "testlib/run.h"

#define N 4
#define N_CHANGES 34
#define T0 INT64_C(1752508800000)

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, (size_t)1 << 20);
}

static void teardown(void)
{
	arena_fini(&arena);
}

static int64_t *series(int64_t first, int64_t step)
{
	int64_t *v = ARENA_ARRAY(&arena, N, int64_t);

	for (int i = 0; i < N; i++)
		v[i] = first + i * step;
	return v;
}

/* 1 MW of load, a battery that gives 100 kW, 2 kW not served: it balances. */
static struct plan *sample(void)
{
	struct plan *p = ARENA_NEW(&arena, struct plan);

	snprintf(p->site, sizeof(p->site), "site");
	snprintf(p->solver, sizeof(p->solver), "clp");
	p->status = PLAN_OPTIMAL;
	p->n = N;
	p->start_ms = series(T0, SLOT_MS);
	p->duration_ms = series(SLOT_MS, 0);
	p->pcc_w = series(898000, 1);
	p->load_w = series(1000000, 1);
	p->unserved_w = series(2000, 0);
	p->price_buy_e4 = series(6000, 10);
	p->price_sell_e4 = series(3000, 10);
	p->marginal_price_e4 = series(6100, 10);
	p->n_assets = 1;
	p->assets = ARENA_ARRAY(&arena, 1, struct plan_asset);
	snprintf(p->assets[0].asset, sizeof(p->assets[0].asset), "site/bess");
	p->assets[0].kind = ASSET_BATTERY;
	p->assets[0].power_w = series(-100000, 0);
	p->assets[0].level = series(5000000, -25000);
	p->n_relaxations = p->n_sources = p->n_bindings = p->n_events = 1;
	p->relaxations = ARENA_ARRAY(&arena, 1, struct plan_relaxation);
	p->relaxations[0] = (struct plan_relaxation){"load.unserved", T0, 2000, "W", 4000000};
	p->sources = ARENA_ARRAY(&arena, 1, struct plan_source);
	p->sources[0] = (struct plan_source){"load.power", "yesterday", QUALITY_ESTIMATED};
	p->bindings = ARENA_ARRAY(&arena, 1, struct plan_binding);
	p->bindings[0] = (struct plan_binding){1, "import_max", 900000, "W", 500};
	p->events = arena_array(&arena, 1, ID_MAX);
	snprintf(p->events[0], ID_MAX, "vpp-7");
	p->co2_g = 4000;
	p->carbon_g = series(500, 1);
	p->n_moves = 1;
	p->moves = ARENA_ARRAY(&arena, 1, struct plan_move);
	p->moves[0] = (struct plan_move){1, "west", "batch", "other/batch", true, 3600};
	return p;
}

START_TEST(imbalance_is_the_worst_difference_in_watts)
{
	struct plan *p = sample();

	ck_assert_int_eq(plan_imbalance_w(p), 0);
	p->pcc_w[2] += 3;
	ck_assert_int_eq(plan_imbalance_w(p), 3);
	p->assets[0].power_w[3] -= 8;
	ck_assert_int_eq(plan_imbalance_w(p), 8);
	p->unserved_w[1] = 0;
	ck_assert_int_eq(plan_imbalance_w(p), 2000);
}
END_TEST

START_TEST(a_slot_holds_its_start_and_not_its_end)
{
	struct plan *p = sample();

	ck_assert_int_eq(plan_slot_at(p, T0 - 1), -1);
	ck_assert_int_eq(plan_slot_at(p, T0), 0);
	ck_assert_int_eq(plan_slot_at(p, T0 + SLOT_MS - 1), 0);
	ck_assert_int_eq(plan_slot_at(p, T0 + SLOT_MS), 1);
	ck_assert_int_eq(plan_slot_at(p, T0 + N * SLOT_MS - 1), 3);
	ck_assert_int_eq(plan_slot_at(p, T0 + N * SLOT_MS), -1);
	p->start_ms[2] += 1000; /* a gap, as in composed records */
	ck_assert_int_eq(plan_slot_at(p, T0 + 2 * SLOT_MS + 500), -1);
	p->n = 0;
	ck_assert_int_eq(plan_slot_at(p, T0), -1);
}
END_TEST

START_TEST(assets_are_found_by_their_whole_name)
{
	struct plan *p = sample();

	ck_assert_ptr_eq(plan_find_asset(p, "site/bess"), &p->assets[0]);
	ck_assert_ptr_null(plan_find_asset(p, "bess"));
	ck_assert_ptr_null(plan_find_asset(p, "site/bess2"));
}
END_TEST

/* What a change may touch: everything that a reader of the plan sees. */
static void change_lists(struct plan *p, int what)
{
	switch (what) {
	case 17:
		p->assets[0].asset[0]++;
		break;
	case 18:
		p->assets[0].kind = ASSET_UPS;
		break;
	case 19:
		p->assets[0].power_w[3]++;
		break;
	case 20:
		p->assets[0].level = NULL;
		break;
	case 21:
		p->assets[0].available_w = p->assets[0].level;
		break;
	case 22:
		p->relaxations[0].amount++;
		break;
	case 23:
		p->relaxations[0].unit = "Wh";
		break;
	case 24:
		p->sources[0].quality = QUALITY_OK;
		break;
	case 25:
		p->bindings[0].slot++;
		break;
	case 26:
		p->bindings[0].shadow_price_e4++;
		break;
	case 27:
		p->events[0][0]++;
		break;
	case 28:
		p->n_relaxations = 0;
		break;
	case 29:
		p->slot_plan_id = (uint64_t *)p->start_ms;
		break;
	case 30:
		p->co2_g++;
		break;
	case 31:
		p->carbon_g[2]++;
		break;
	case 32:
		p->moves[0].out = !p->moves[0].out;
		break;
	case 33:
		p->carbon_g = NULL;
		break;
	default:
		ck_abort_msg("no change %d", what);
	}
}

static void change(struct plan *p, int what)
{
	switch (what) {
	case 0:
		p->site[0]++;
		break;
	case 1:
		p->status = PLAN_SHIFTED;
		break;
	case 2:
		p->solver[0]++;
		break;
	case 3:
		p->cost_e4++;
		break;
	case 4:
		p->objective_e4++;
		break;
	case 5:
		p->gap = 1e-9;
		break;
	case 6:
		p->residual = 1e-9;
		break;
	case 7:
		p->iterations++;
		break;
	case 8:
		p->n--;
		break;
	case 9:
		p->start_ms[0]++;
		break;
	case 10:
		p->duration_ms[3]++;
		break;
	case 11:
		p->pcc_w[1]++;
		break;
	case 12:
		p->load_w[1]++;
		break;
	case 13:
		p->unserved_w[1]++;
		break;
	case 14:
		p->price_buy_e4[1]++;
		break;
	case 15:
		p->price_sell_e4[1]++;
		break;
	case 16:
		p->marginal_price_e4[1]++;
		break;
	default:
		change_lists(p, what);
	}
}

START_TEST(the_hash_sees_every_change)
{
	uint8_t hashes[N_CHANGES + 1][SHA256_LEN];

	plan_hash_compute(sample(), hashes[N_CHANGES]);
	for (int what = 0; what < N_CHANGES; what++) {
		struct plan *p = sample();

		change(p, what);
		plan_hash_compute(p, hashes[what]);
		for (int other = 0; other < what; other++)
			ck_assert_mem_ne(hashes[what], hashes[other], SHA256_LEN);
		ck_assert_mem_ne(hashes[what], hashes[N_CHANGES], SHA256_LEN);
	}
}
END_TEST

START_TEST(the_hash_does_not_see_who_and_when)
{
	struct plan *p = sample();
	uint8_t one[SHA256_LEN], two[SHA256_LEN];

	plan_hash_compute(p, one);
	p->id = 77;
	p->created_ms = T0;
	memset(p->snapshot_hash, 7, SHA256_LEN);
	memset(p->plan_hash, 7, SHA256_LEN);
	plan_hash_compute(p, two);
	ck_assert_mem_eq(one, two, SHA256_LEN);
}
END_TEST

START_TEST(a_clone_shares_nothing)
{
	struct plan *p = sample(), *c;
	struct arena other;
	uint8_t before[SHA256_LEN], after[SHA256_LEN];

	arena_init(&other, (size_t)1 << 20);
	c = plan_clone(p, &other);
	ck_assert_ptr_nonnull(c);
	plan_hash_compute(p, before);
	plan_hash_compute(c, after);
	ck_assert_mem_eq(before, after, SHA256_LEN);
	for (int what = 0; what < 28; what++)
		change(p, what);
	plan_hash_compute(c, after);
	ck_assert_mem_eq(before, after, SHA256_LEN);
	ck_assert_ptr_null(c->assets[0].available_w);
	arena_fini(&other);
}
END_TEST

START_TEST(a_clone_into_a_full_arena_is_null)
{
	struct plan *p = sample(), *c = NULL;
	int failed = 0;

	for (size_t cap = 0; !c; cap += 64) {
		struct arena small;

		arena_init(&small, cap);
		c = plan_clone(p, &small);
		failed += !c;
		arena_fini(&small);
	}
	ck_assert_int_gt(failed, 10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("model/plan");
	TCase *tc = tcase_create("plan");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, imbalance_is_the_worst_difference_in_watts);
	tcase_add_test(tc, a_slot_holds_its_start_and_not_its_end);
	tcase_add_test(tc, assets_are_found_by_their_whole_name);
	tcase_add_test(tc, the_hash_sees_every_change);
	tcase_add_test(tc, the_hash_does_not_see_who_and_when);
	tcase_add_test(tc, a_clone_shares_nothing);
	tcase_add_test(tc, a_clone_into_a_full_arena_is_null);
	return run_suite(suite);
}
