#include "planlib/made.h"

#include <check.h>
#include <string.h>

#include "planlib/sites.h"

struct arena made_arena;

void made_setup(void)
{
	arena_init(&made_arena, PLAN_ARENA_CAP);
}

void made_teardown(void)
{
	arena_fini(&made_arena);
}

struct plan *made_plan(const struct plan_input *in)
{
	struct plan *p = NULL;
	struct fault f = {0};
	int r = plan_make(in, NULL, &made_arena, &p, &f);

	ck_assert_msg(r == 0, "%s: %s", err_name(r), f.text);
	ck_assert_int_eq(plan_imbalance_w(p), 0);
	ck_assert_double_le(p->gap, 1e-6);
	ck_assert_double_le(p->residual, 1e-6);
	return p;
}

int64_t made_power(const struct plan *p, const char *asset, uint32_t hour)
{
	const struct plan_asset *a = plan_find_asset(p, asset);

	ck_assert_ptr_nonnull(a);
	for (uint32_t k = 1; k < 4; k++)
		ck_assert_int_eq(a->power_w[4 * hour], a->power_w[4 * hour + k]);
	return a->power_w[4 * hour];
}

int64_t made_level(const struct plan *p, const char *asset, uint32_t hour)
{
	return plan_find_asset(p, asset)->level[4 * hour + 3];
}

const struct plan_relaxation *made_relaxation(const struct plan *p, const char *limit)
{
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		if (strcmp(p->relaxations[i].limit, limit) == 0)
			return &p->relaxations[i];
	}
	return NULL;
}

const struct plan_binding *made_binding(const struct plan *p, const char *limit)
{
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		if (strcmp(p->bindings[i].limit, limit) == 0)
			return &p->bindings[i];
	}
	return NULL;
}

void made_set_load(struct plan_input *in, int64_t w)
{
	for (uint32_t t = 0; t < in->n; t++)
		in->load_it_w[t] = w;
}

struct plan_input *made_two_prices(int n_storage, int n_queues)
{
	struct plan_input *in = sites_plain(&made_arena, 4, MS_PER_H, 0, n_storage, n_queues);

	made_set_load(in, 200 * KW);
	for (uint32_t t = 0; t < 4; t++) {
		in->price_buy_e4[t] = t < 2 ? 2000 : 10000;
		in->price_sell_e4[t] = 0;
	}
	for (int i = 0; i < n_storage; i++)
		sites_battery(in, i);
	for (int i = 0; i < n_queues; i++)
		sites_queue(in, i);
	return in;
}
