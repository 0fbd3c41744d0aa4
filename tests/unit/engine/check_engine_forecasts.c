/* What the engine foretells from the samples it has stored, before and after it died. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "rig.h"
#include "testlib/run.h"

#define DAYS 24
#define ROWS (DAYS * SLOTS_PER_DAY)

static struct rig g;
static uint32_t it, soc;
static uint64_t seq;
static int64_t t0; /* of row 0, a Friday */
static struct outlook_slot slots[2][OUTLOOK_SLOTS_MAX];
static struct plan_source source;

static int64_t time_of[ROWS];
static double value_of[ROWS];
static uint32_t point_of[ROWS];

/* A number in (−1, 1) that looks like chance and is the same every time. */
static double wobble(int i)
{
	uint32_t x = (uint32_t)i * 2654435761U + 12345;

	x ^= x >> 15;
	x *= 2246822519U;
	x ^= x >> 13;
	return (double)x / 2147483648.0 - 1;
}

static double load_at(int i)
{
	int day = i / SLOTS_PER_DAY, slot = i % SLOTS_PER_DAY;
	double rest = (day + 4) % 7 < 5 ? 1 : 0.6;

	return rest * (4e6 + 1e6 * sin(slot / 15.3)) * (1 + 0.02 * wobble(i));
}

static void push(bool correction, int from, int to, double (*value)(int i))
{
	struct sample_batch b = {.source = "s", .epoch = 1, .seq = ++seq, .correction = correction};
	static uint8_t ok[ROWS];
	enum push_result result;

	for (int i = from; i < to; i++) {
		point_of[b.n] = it;
		time_of[b.n] = t0 + i * SLOT_MS;
		value_of[b.n++] = value(i);
	}
	b.point = point_of;
	b.t_ms = time_of;
	b.value = value_of;
	b.quality = ok;
	ck_assert_int_eq(engine_push_samples(g.engine, &b, &result, NULL), 0);
	rig_settle(&g);
}

static void push_rows(int from, int to, double (*value)(int i))
{
	push(false, from, to, value);
}

static void begin(void)
{
	seq = 0;
	t0 = RUN_MONDAY - DAYS * MS_PER_DAY;
	rig_init(&g, true, RUN_MONDAY);
	it = rig_declare(&g, "s", "hongyuan/it.power", UNIT_W, SLOT_MS);
	rig_declare(&g, "s", "hongyuan/pv1.power", UNIT_W, SLOT_MS);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, SLOT_MS);
}

static void end(void)
{
	rig_fini(&g);
}

static bool same_double(double a, double b)
{
	return !(a < b) && !(a > b) && isnan(a) == isnan(b);
}

/* To the bit, but for the sign of zero. */
static bool same_slots(int n)
{
	for (int i = 0; i < n; i++) {
		const struct outlook_slot *a = &slots[0][i], *b = &slots[1][i];

		if (a->start_ms != b->start_ms || a->quality != b->quality ||
		    !same_double(a->value, b->value) || !same_double(a->p10, b->p10) ||
		    !same_double(a->p50, b->p50) || !same_double(a->p90, b->p90))
			return false;
	}
	return true;
}

static void look(struct outlook_slot *ret)
{
	struct fault f = {0};

	ck_assert_int_eq(engine_outlook(g.engine, it, 2 * SLOTS_PER_DAY, ret, &source, &f), 0);
}

static void expect_like_usual(const struct outlook_slot *s, double within)
{
	for (int i = 0; i < 2 * SLOTS_PER_DAY; i++) {
		double want = load_at(ROWS + i);

		ck_assert_int_eq(s[i].start_ms, RUN_MONDAY + i * SLOT_MS);
		ck_assert_msg(fabs(s[i].value - want) < within * want, "slot %d: %g is not %g", i,
			      s[i].value, want);
	}
}

static bool plan_says(const char *input, const char *what)
{
	struct arena a;
	const struct plan *plan;
	bool said = false;

	arena_init(&a, 8 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, "hongyuan", 0, 0, &a, &plan), 0);
	for (uint32_t i = 0; i < plan->n_sources; i++)
		said |= strcmp(plan->sources[i].input, input) == 0 &&
			strstr(plan->sources[i].source, what);
	arena_fini(&a);
	return said;
}

START_TEST(similar_days_serve_and_plans_say_so)
{
	push_rows(0, ROWS, load_at);
	look(slots[0]);
	/* yesterday was a Sunday, today is none */
	expect_like_usual(slots[0], 0.06);
	ck_assert_ptr_eq(strstr(source.source, "similar-day 5 of 24, adj "), source.source);
	ck_assert_int_eq(source.quality, QUALITY_ESTIMATED);
	for (int i = 0; i < 2 * SLOTS_PER_DAY; i++)
		ck_assert(slots[0][i].p10 <= slots[0][i].p50 && slots[0][i].p50 <= slots[0][i].p90);
	rig_advance(&g, RUN_MONDAY + SLOT_MS);
	ck_assert(plan_says("load", "similar-day 5 of 24"));
}
END_TEST

START_TEST(a_pushed_curve_wins_where_it_speaks)
{
	double values[8] = {1, 2, 3, NAN, 5, 6, 7, 8}, p10[8] = {0}, p90[8];
	struct curve c = {.point = it,
			  .issue_ms = RUN_MONDAY,
			  .start_ms = RUN_MONDAY,
			  .step_ms = SLOT_MS,
			  .n = 8,
			  .value = values,
			  .p10 = p10,
			  .p90 = p90};
	struct rig_answer a = rig_answer_new();

	for (int i = 0; i < 8; i++)
		p90[i] = 10;
	push_rows(0, ROWS, load_at);
	ck_assert_int_eq(engine_push_curve(g.engine, "s", &c, &a.w, NULL), 0);
	rig_settle(&g);
	look(slots[0]);
	for (int i = 0; i < 8; i++) {
		if (i == 3)
			continue;
		ck_assert_double_eq(slots[0][i].value, values[i]);
		ck_assert_double_eq(slots[0][i].p90, 10);
		ck_assert_int_eq(slots[0][i].quality, QUALITY_OK);
	}
	ck_assert_double_gt(slots[0][3].value, 1e6);
	ck_assert_double_gt(slots[0][8].p90, 1e6);
	ck_assert_int_eq(slots[0][3].quality, QUALITY_ESTIMATED);
	ck_assert_ptr_nonnull(strstr(source.source, "curve:s@"));
	ck_assert_ptr_nonnull(strstr(source.source, "similar-day"));
}
END_TEST

START_TEST(a_restart_forgets_nothing_of_it)
{
	push_rows(0, ROWS, load_at);
	look(slots[0]);
	rig_crash(&g);
	look(slots[1]);
	ck_assert(same_slots(2 * SLOTS_PER_DAY));
}
END_TEST

static double price_at(int i)
{
	return 3000 + 1000 * sin(i % SLOTS_PER_DAY / 15.3) + 50 * wobble(i);
}

START_TEST(prices_that_were_paid_serve_where_no_tariff_holds)
{
	int64_t past = RUN_MONDAY - 5 * 364 * MS_PER_DAY;

	rig_advance(&g, RUN_MONDAY + SLOT_MS);
	ck_assert(plan_says("price_buy", "tariff:sc-tou-2023"));
	rig_fini(&g);
	/* before its validity */
	seq = 0;
	rig_init(&g, true, past);
	it = rig_declare(&g, "s", "hongyuan/price.buy", UNIT_PRICE, SLOT_MS);
	t0 = past - DAYS * MS_PER_DAY;
	push_rows(0, ROWS, price_at);
	rig_advance(&g, past + SLOT_MS);
	ck_assert(plan_says("price_buy", "similar-day 7 of 24, adj "));
}
END_TEST

static double late_at(int i)
{
	/* 4 to 6 are days that were known wrongly at first */
	return load_at(i) * (i / SLOTS_PER_DAY >= 4 && i / SLOTS_PER_DAY < 6 ? 3 : 1);
}

/* Samples and corrections for days that are kept in rounded means only. */
START_TEST(late_samples_are_as_good_as_early_ones)
{
	int gap = 10 * SLOTS_PER_DAY;

	push_rows(0, ROWS, load_at);
	look(slots[0]);
	rig_fini(&g);
	begin();
	push_rows(0, gap, late_at);
	push_rows(gap + SLOTS_PER_DAY, ROWS, load_at);
	look(slots[1]);
	ck_assert(!same_slots(SLOTS_PER_DAY));
	push_rows(gap, gap + SLOTS_PER_DAY, load_at);
	push(true, 4 * SLOTS_PER_DAY, 6 * SLOTS_PER_DAY, load_at);
	look(slots[1]);
	ck_assert(same_slots(2 * SLOTS_PER_DAY));
}
END_TEST

static double hung_at(int i)
{
	return i >= ROWS - 2 * SLOTS_PER_DAY ? 7654321 : load_at(i);
}

static bool health_says(const char *code, const char *what)
{
	struct health h;

	engine_health(g.engine, &h);
	for (uint32_t i = 0; i < h.n; i++) {
		if (strcmp(h.reasons[i].code, code) == 0 && strstr(h.reasons[i].text, what))
			return true;
	}
	return false;
}

START_TEST(a_meter_that_hangs_is_told_and_not_learnt_from)
{
	push_rows(0, ROWS, hung_at);
	look(slots[0]);
	for (int i = 0; i < 2 * SLOTS_PER_DAY; i++)
		ck_assert_double_lt(slots[0][i].value, 5.5e6);
	ck_assert(health_says("frozen_point", "hongyuan/it.power"));
	ck_assert(!health_says("frozen_point", "hongyuan/pv1.power"));
	/* it moves again */
	push(true, ROWS - 1, ROWS, load_at);
	ck_assert(!health_says("frozen_point", "hongyuan/it.power"));
}
END_TEST

START_TEST(what_is_no_quantity_is_not_foretold)
{
	struct fault f = {0};

	ck_assert_int_eq(engine_outlook(g.engine, soc, 4, slots[0], &source, &f), ERR_INVALID);
	ck_assert_int_eq(engine_outlook(g.engine, 99, 4, slots[0], &source, &f), ERR_NOTFOUND);
	ck_assert_int_eq(engine_outlook(g.engine, it, 0, slots[0], &source, &f), ERR_INVALID);
	/* and of what was never measured nothing is known: not zero */
	look(slots[0]);
	ck_assert_double_nan(slots[0][0].value);
	ck_assert_double_nan(slots[0][0].p90);
	ck_assert_int_eq(source.quality, QUALITY_MISSING);
}
END_TEST

static struct backtest_report test(int days)
{
	struct backtest_run *run;
	struct backtest_report report;
	struct fault f = {0};

	ck_assert_int_eq(engine_backtest_open(g.engine, it, days, &run, &f), 0);
	while (engine_backtest_step(run) == 1)
		;
	report = *engine_backtest_report(run);
	engine_backtest_close(run);
	return report;
}

START_TEST(a_backtest_reads_the_store)
{
	struct backtest_report r;
	struct backtest_run *run;
	struct fault f = {0};

	push_rows(0, ROWS, load_at);
	r = test(8);
	ck_assert_str_eq(r.point, "hongyuan/it.power");
	ck_assert_str_eq(r.kind, "load");
	ck_assert_int_eq(r.days, 8);
	ck_assert_int_eq(r.similar_days, 8);
	ck_assert_msg(r.all.rrmse > 0.005 && r.all.rrmse < 0.05, "%g", r.all.rrmse);
	ck_assert_double_gt(r.all.persistence_rrmse, 0.1);
	ck_assert_double_gt(r.all.skill, 0.8);
	ck_assert(r.all.coverage > 0.7 && r.all.coverage < 1);
	ck_assert_int_eq(r.lead[0].lead_end_ms, MS_PER_H);
	ck_assert_int_eq(r.lead[5].lead_end_ms, 48 * MS_PER_H);
	ck_assert_int_eq(engine_backtest_open(g.engine, it, 0, &run, &f), ERR_INVALID);
	ck_assert_int_eq(engine_backtest_open(g.engine, it, 367, &run, &f), ERR_INVALID);
	ck_assert_int_eq(engine_backtest_open(g.engine, soc, 8, &run, &f), ERR_INVALID);
	engine_backtest_close(NULL);
}
END_TEST

START_TEST(a_backtest_without_a_past_has_nothing_to_tell)
{
	struct backtest_report r = test(14);

	ck_assert_int_eq(r.days, 0);
	ck_assert_uint_eq(r.all.n, 0);
	ck_assert_double_nan(r.all.rrmse);
	ck_assert_double_nan(r.all.coverage);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("forecasts");
	TCase *t = tcase_create("forecasts");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, similar_days_serve_and_plans_say_so);
	tcase_add_test(t, a_pushed_curve_wins_where_it_speaks);
	tcase_add_test(t, prices_that_were_paid_serve_where_no_tariff_holds);
	tcase_add_test(t, a_restart_forgets_nothing_of_it);
	tcase_add_test(t, late_samples_are_as_good_as_early_ones);
	tcase_add_test(t, a_meter_that_hangs_is_told_and_not_learnt_from);
	tcase_add_test(t, what_is_no_quantity_is_not_foretold);
	tcase_add_test(t, a_backtest_reads_the_store);
	tcase_add_test(t, a_backtest_without_a_past_has_nothing_to_tell);
	suite_add_tcase(s, t);
	return run_suite(s);
}
