/* The two pilots through a day: what is shared binds in the evening, and work goes where it is worth more. */
#include <check.h>
#include <string.h>

#include "plan/explain.h"
#include "plan/plan.h"
#include "plan/region.h"
#include "plan/whatif.h"
#include "planlib/made.h"
#include "planlib/regions.h"
#include "testlib/run.h"

#define HONGYUAN 0
#define LIANGSHAN 1
#define HOURS 30
#define EVENING_H 21

static struct plan *plans[2];

static struct plan_region *pilots(void)
{
	struct rng r;

	rng_init(&r, 7);
	return regions_pilots(&made_arena, &r, HOURS, HOURS);
}

static void make(const struct plan_region *in)
{
	struct fault f = {0};
	int r = region_make(in, NULL, &made_arena, plans, &f);

	ck_assert_msg(r == 0, "%s: %s", err_name(r), f.text);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(plan_imbalance_w(plans[i]), 0);
		ck_assert_double_le(plans[i]->gap, 1e-6);
	}
}

static int64_t sum_w(const struct plan_region *in, uint32_t slot)
{
	return plans[0]->pcc_w[slot] + plans[1]->pcc_w[slot] + in->limits[0].background_w[slot];
}

static int64_t moved_ds(const struct plan *p, bool out)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n_moves; i++)
		sum += p->moves[i].out == out ? p->moves[i].work_ds : 0;
	return sum;
}

static const struct plan_binding *binding_at(const struct plan *p, uint32_t slot)
{
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		if (p->bindings[i].slot == slot && strcmp(p->bindings[i].limit, "section[sc]") == 0)
			return &p->bindings[i];
	}
	return NULL;
}

START_TEST(the_section_binds_in_the_evening_and_holds)
{
	struct plan_region *in = pilots(), free = *in;
	uint32_t evening = EVENING_H * 4;
	int64_t together;

	free.n_limits = 0;
	make(&free);
	/* Left alone they would overload it at 21:00. */
	ck_assert_int_gt(sum_w(in, evening), in->limits[0].import_max_w);
	together = plans[0]->objective_e4;
	make(in);
	for (uint32_t k = 0; k < plans[0]->n; k++)
		ck_assert_int_le(sum_w(in, k), in->limits[0].import_max_w + 2);
	ck_assert_ptr_null(made_relaxation(plans[HONGYUAN], "section[sc]"));
	ck_assert_int_gt(plans[0]->objective_e4, together);
	/* Both see the same price of it, and at noon none. */
	ck_assert_ptr_nonnull(binding_at(plans[HONGYUAN], evening));
	ck_assert_int_eq(binding_at(plans[HONGYUAN], evening)->shadow_price_e4,
			 binding_at(plans[LIANGSHAN], evening)->shadow_price_e4);
	ck_assert_ptr_null(binding_at(plans[HONGYUAN], 12 * 4));
}
END_TEST

START_TEST(the_evening_is_explained)
{
	struct plan_region *in = pilots();
	const struct zone *zone;
	struct explanation x;
	struct buf en, zh;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &zone), 0);
	make(in);
	ck_assert_int_eq(plan_explain(plans[HONGYUAN], "hongyuan/batch",
				      plans[HONGYUAN]->start_ms[EVENING_H * 4], &x),
			 0);
	buf_init(&en, 0);
	buf_init(&zh, 0);
	ck_assert_int_eq(plan_explain_text(plans[HONGYUAN], zone, &x, &en, &zh), 0);
	ck_assert_msg(strstr(buf_str(&en), "Bound by the limit of section sc") != NULL, "%s",
		      buf_str(&en));
	ck_assert_msg(strstr(buf_str(&zh), "断面 sc") != NULL, "%s", buf_str(&zh));
	buf_fini(&en);
	buf_fini(&zh);
	zone_unload_all();
}
END_TEST

START_TEST(work_goes_to_the_cheaper_pilot_unless_the_way_is_too_dear)
{
	struct plan_region *in = pilots();
	struct plan *now[2], *then[2];
	struct whatif all;

	make(in);
	memcpy(now, plans, sizeof(now));
	ck_assert_int_gt(moved_ds(plans[HONGYUAN], true), 0);
	/* Nothing is on its way twice or for nothing: what leaves arrives, the horizon's end aside. */
	ck_assert_int_eq(moved_ds(plans[HONGYUAN], true), moved_ds(plans[LIANGSHAN], false));
	for (int l = 0; l < 2; l++)
		in->links[l].price_e4_per_kds = 100000;
	make(in);
	memcpy(then, plans, sizeof(then));
	ck_assert_int_eq(moved_ds(plans[HONGYUAN], true) + moved_ds(plans[LIANGSHAN], true), 0);
	ck_assert_int_eq(
		whatif_compare((const struct plan *const *)now, (const struct plan *const *)then, 2,
			       &(struct whatif_window){.direction = DIRECTION_NONE}, NULL, &all),
		0);
	ck_assert_int_gt(then[0]->objective_e4, now[0]->objective_e4);
	ck_assert_int_lt(all.change.moved_ds, 0);
}
END_TEST

START_TEST(a_limit_moves_work_that_the_price_would_not)
{
	struct plan_region *in = pilots();
	struct region_limit *l = &in->limits[0];

	/* The way costs what no difference of prices pays: 4 CNY per kWh. */
	for (int i = 0; i < 2; i++)
		in->links[i].price_e4_per_kds = 8000;
	l->n_sites = 1;
	for (uint32_t t = 0; t < in->sites[0]->n; t++)
		l->background_w[t] = l->import_max_w - 20000 * KW;
	make(in);
	ck_assert_int_eq(moved_ds(plans[HONGYUAN], true), 0);
	/* In the night hongyuan gets no more than its load, while work falls due. */
	for (uint32_t t = 0; t < 6 * 4; t++)
		l->background_w[t] = l->import_max_w - in->sites[0]->load_it_w[t] * 5 / 4;
	make(in);
	ck_assert_int_gt(moved_ds(plans[HONGYUAN], true), 0);
	ck_assert_int_eq(moved_ds(plans[HONGYUAN], true), moved_ds(plans[LIANGSHAN], false));
	ck_assert_ptr_null(made_relaxation(plans[HONGYUAN], "section[sc]"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan/region_story");
	TCase *tc = tcase_create("region_story");

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, made_setup, made_teardown);
	tcase_add_test(tc, the_section_binds_in_the_evening_and_holds);
	tcase_add_test(tc, the_evening_is_explained);
	tcase_add_test(tc, work_goes_to_the_cheaper_pilot_unless_the_way_is_too_dear);
	tcase_add_test(tc, a_limit_moves_work_that_the_price_would_not);
	return run_suite(suite);
}
