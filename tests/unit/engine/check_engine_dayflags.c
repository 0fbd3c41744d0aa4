/* Flags of days: the latest issue stands, and prices follow. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/operator.h"
#include "rig.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define T0 (RUN_MONDAY + 18 * MS_PER_H)

static struct rig g;
static struct fault fault;

static void begin(void)
{
	rig_init(&g, true, T0);
	rig_advance(&g, T0 + MS_PER_MIN);
}

static void end(void)
{
	rig_fini(&g);
}

static int flag(const char *scope, bool set, int64_t issue_ms)
{
	struct day_flag f = {.name = "heat35",
			     .day = (int32_t)(RUN_MONDAY / MS_PER_DAY + 1),
			     .set = set,
			     .source = "weather",
			     .issue_ms = issue_ms,
			     .who = "li"};
	int r;

	snprintf(f.scope, sizeof(f.scope), "%s", scope);
	fault = (struct fault){0};
	r = engine_push_day_flag(g.engine, &f, NULL, &fault);
	rig_settle(&g);
	return r;
}

struct counted {
	int n, set;
};

static bool count_flag(void *arg, const struct day_flag *f)
{
	struct counted *c = arg;

	c->n++;
	c->set += f->set;
	return true;
}

START_TEST(the_latest_issue_of_a_flag_stands)
{
	struct counted c = {0};

	ck_assert_int_eq(flag("Asia/Shanghai", true, T0), 0);
	ck_assert_int_eq(flag("Asia/Shanghai", false, T0 - 1), 0); /* stale: no news */
	rig_crash(&g);
	engine_list_day_flags(g.engine, count_flag, &c);
	ck_assert_int_eq(c.n, 1);
	ck_assert_int_eq(c.set, 1);
	ck_assert_int_eq(flag("Asia/Shanghai", false, T0 + 1), 0);
	ck_assert_int_eq(flag("hongyuan", true, T0 + 1), 0);
	ck_assert_int_eq(flag("Europe/Berlin", true, T0), ERR_NOTFOUND);
	c = (struct counted){0};
	engine_list_day_flags(g.engine, count_flag, &c);
	ck_assert_int_eq(c.n, 2);
	ck_assert_int_eq(c.set, 1);
}
END_TEST

/* ---- what flags do to prices ---- */

#define MIDNIGHT (RUN_MONDAY + 91 * MS_PER_DAY) /* 2025-10-13 in Shanghai, no summer month */
#define AUTUMN (MIDNIGHT + 10 * MS_PER_H)

/* The example site on the draft tariff, which asks for heat35. */
static void write_site(const char *source, const char *dir)
{
	char *from_path = tmpdir_path(source, "config/examples/sichuan-one/sites.d/hongyuan.yaml");
	char *to_path = tmpdir_path(dir, "site.yaml");
	FILE *from = fopen(from_path, "re"), *to = fopen(to_path, "we");
	char line[512];

	ck_assert(from && to);
	while (fgets(line, sizeof(line), from)) {
		char *id = strstr(line, "sc-tou-2023");

		if (id)
			fprintf(to, "%.*ssc-tou-2025-draft%s", (int)(id - line), line,
				id + strlen("sc-tou-2023"));
		else
			fputs(line, to);
	}
	fclose(from);
	fclose(to);
	free(from_path);
	free(to_path);
}

static char *with_draft(void)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *dir = strdup(tmpdir_new());
	char *path = tmpdir_path(dir, "suandian.yaml");
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"include:\n  - %s/config/sichuan/tariffs.d/sc-tou-2025-draft.yaml\n"
		"  - site.yaml\n",
		source);
	fclose(f);
	write_site(source, dir);
	free(dir);
	return path;
}

/* The price that the plan in force counts with. */
static int64_t price_at(int64_t t_ms)
{
	const struct plan *p = NULL;
	struct arena a;
	int64_t price;
	int slot;

	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 0, 0, &a, &p), 0);
	slot = plan_slot_at(p, t_ms);
	ck_assert_int_ge(slot, 0);
	price = p->price_buy_e4[slot];
	arena_fini(&a);
	return price;
}

START_TEST(a_hot_day_has_other_prices_and_the_next_one_has_not)
{
	char *path = with_draft();
	int64_t noon = MIDNIGHT + 13 * MS_PER_H + 30 * MS_PER_MIN;
	struct day_flag f = {.name = "heat35",
			     .scope = "hongyuan",
			     .day = (int32_t)(AUTUMN / MS_PER_DAY),
			     .set = true,
			     .source = "weather",
			     .issue_ms = AUTUMN,
			     .who = "li"};
	int64_t before, tomorrow;

	rig_init_with(&g, path, true, AUTUMN);
	rig_advance(&g, AUTUMN + MS_PER_MIN);
	before = price_at(noon);
	tomorrow = price_at(noon + MS_PER_DAY);
	ck_assert_int_eq(engine_push_day_flag(g.engine, &f, NULL, &fault), 0);
	rig_settle(&g);
	rig_advance(&g, AUTUMN + 16 * MS_PER_MIN);
	ck_assert_int_gt(price_at(noon), before);
	ck_assert_int_eq(price_at(noon + MS_PER_DAY), tomorrow);
	f.set = false;
	f.issue_ms++;
	ck_assert_int_eq(engine_push_day_flag(g.engine, &f, NULL, &fault), 0);
	rig_settle(&g);
	rig_advance(&g, AUTUMN + 31 * MS_PER_MIN);
	ck_assert_int_eq(price_at(noon), before);
	rig_fini(&g);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_dayflags");
	TCase *t = tcase_create("flags"), *prices = tcase_create("prices");

	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_latest_issue_of_a_flag_stands);
	suite_add_tcase(s, t);
	tcase_set_timeout(prices, 60);
	tcase_add_test(prices, a_hot_day_has_other_prices_and_the_next_one_has_not);
	suite_add_tcase(s, prices);
	return run_suite(s);
}
