/* Declaring points, and curves pushed for them. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "rig.h"
#include "testlib/run.h"

static struct rig g;

static void begin(void)
{
	rig_init(&g, true, RUN_MONDAY);
}

static void end(void)
{
	rig_fini(&g);
}

static int declare(const char *source, struct point_decl d, uint32_t *ret_id, struct fault *f)
{
	struct point_declaration all = {.source = source, .decls = &d, .n = 1};

	return engine_declare_points(g.engine, &all, ret_id, NULL, f);
}

static struct point_decl decl(const char *name)
{
	struct point_decl d = {.unit = UNIT_W, .kind = KIND_INSTANT, .period_ms = MS_PER_MIN};

	snprintf(d.name, sizeof(d.name), "%s", name);
	return d;
}

START_TEST(numbers_are_permanent_and_repeating_changes_nothing)
{
	uint32_t a, b, again;
	uint64_t audit = engine_quiescent(g.engine).audit_seq;

	ck_assert_int_eq(declare("s", decl("x/a"), &a, NULL), 0);
	ck_assert_int_eq(declare("s", decl("x/b"), &b, NULL), 0);
	ck_assert_uint_eq(a, 1);
	ck_assert_uint_eq(b, 2);
	rig_settle(&g);
	rig_crash(&g);
	ck_assert_uint_eq(engine_point_count(g.engine), 2);
	ck_assert_int_eq(declare("s", decl("x/b"), &again, NULL), 0);
	ck_assert_uint_eq(again, b);
	ck_assert_uint_eq(audit, engine_quiescent(g.engine).audit_seq);
	ck_assert_str_eq(engine_point(g.engine, a)->decl.name, "x/a");
	ck_assert_ptr_null(engine_point(g.engine, 3));
	ck_assert_ptr_null(engine_point(g.engine, 0));
}
END_TEST

START_TEST(the_answer_comes_when_the_number_is_durable)
{
	struct rig_answer a = rig_answer_new();
	struct point_decl d = decl("x/a");
	struct point_declaration all = {.source = "s", .decls = &d, .n = 1};
	uint32_t id;

	ck_assert_int_eq(engine_declare_points(g.engine, &all, &id, &a.w, NULL), 0);
	ck_assert(!a.done);
	engine_tick(g.engine);
	ck_assert(!a.done);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_POINT].n, 0);
	rig_settle(&g);
	ck_assert(a.done);
	ck_assert_int_eq(a.rc, 0);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_POINT].n, 1);
}
END_TEST

START_TEST(another_unit_or_another_source_is_refused_other_fields_change)
{
	struct point_decl d = decl("x/a");
	struct fault f = {0};
	uint32_t id;

	ck_assert_int_eq(declare("s", d, &id, NULL), 0);
	d.unit = UNIT_WH;
	ck_assert_int_eq(declare("s", d, &id, &f), ERR_EXISTS);
	d = decl("x/a");
	ck_assert_int_eq(declare("t", d, &id, &f), ERR_EXISTS);
	d.period_ms = MS_PER_H;
	ck_assert_int_eq(declare("s", d, &id, NULL), 0);
	rig_settle(&g);
	rig_crash(&g);
	ck_assert_int_eq(engine_point(g.engine, id)->decl.period_ms, MS_PER_H);
}
END_TEST

START_TEST(a_bound_point_has_the_unit_of_its_role)
{
	struct point_decl d = decl("hongyuan/bess.soc");
	struct fault f = {0};
	const char *site, *role;
	uint32_t id;

	ck_assert_int_eq(declare("s", d, &id, &f), ERR_INVALID);
	d.unit = UNIT_PERCENT;
	ck_assert_int_eq(declare("s", d, &id, &f), 0);
	engine_point_binding(g.engine, id, &site, &role);
	ck_assert_str_eq(site, "hongyuan");
	ck_assert_str_eq(role, "storage[bess].soc");
	ck_assert_int_eq(declare("s", decl("x/free"), &id, &f), 0);
	engine_point_binding(g.engine, id, &site, &role);
	ck_assert_str_eq(site, "");
}
END_TEST

static int push_curve(uint32_t point, int64_t issue, int64_t start, uint32_t n, double value)
{
	double v[16];
	struct curve c = {.point = point,
			  .issue_ms = issue,
			  .start_ms = start,
			  .step_ms = SLOT_MS,
			  .n = n,
			  .value = v};

	for (uint32_t i = 0; i < n; i++)
		v[i] = value;
	return engine_push_curve(g.engine, "s", &c, NULL, NULL);
}

struct found {
	struct curve c;
	double v[64];
};

static bool take_curve(void *arg, const struct ledger_op *op)
{
	struct found *f = arg;

	f->c = *op->curve;
	ck_assert_uint_le(op->curve->n, ARRAY_SIZE(f->v));
	for (uint32_t i = 0; i < op->curve->n; i++)
		f->v[i] = op->curve->value[i];
	return false;
}

static double stored_at(int64_t t)
{
	struct found f = {0};
	int64_t i;

	rig_settle(&g);
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_CURVE, 1, take_curve, &f), 0);
	i = (t - f.c.start_ms) / SLOT_MS;
	return t < f.c.start_ms || i >= f.c.n ? NAN : f.v[i];
}

START_TEST(the_latest_issue_wins_slot_by_slot_in_any_order_of_arrival)
{
	uint32_t p = rig_declare(&g, "s", "x/a", UNIT_W, MS_PER_MIN);
	int64_t t = RUN_MONDAY, early = t - MS_PER_H, late = t - MS_PER_MIN;

	/* the loop's index says which comes first */
	if (_i == 0) {
		ck_assert_int_eq(push_curve(p, early, t, 8, 1), 0);
		ck_assert_int_eq(push_curve(p, late, t + SLOT_MS, 2, 2), 0);
	} else {
		ck_assert_int_eq(push_curve(p, late, t + SLOT_MS, 2, 2), 0);
		ck_assert_int_eq(push_curve(p, early, t, 8, 1), 0);
	}
	ck_assert_double_eq(stored_at(t), 1);
	ck_assert_double_eq(stored_at(t + SLOT_MS), 2);
	ck_assert_double_eq(stored_at(t + 2 * SLOT_MS), 2);
	ck_assert_double_eq(stored_at(t + 3 * SLOT_MS), 1);
	ck_assert(isnan(stored_at(t + 8 * SLOT_MS)));
}
END_TEST

START_TEST(curves_are_checked)
{
	uint32_t p = rig_declare(&g, "s", "x/a", UNIT_W, MS_PER_MIN);

	ck_assert_int_eq(push_curve(p + 1, RUN_MONDAY, RUN_MONDAY, 1, 1), ERR_NOTFOUND);
	ck_assert_int_eq(push_curve(p, RUN_MONDAY, RUN_MONDAY, 0, 1), ERR_INVALID);
	ck_assert_int_eq(push_curve(p, RUN_MONDAY, -5, 1, 1), ERR_INVALID);
	/* it would win against all that come in the next years */
	ck_assert_int_eq(push_curve(p, RUN_MONDAY + 2 * MS_PER_DAY, RUN_MONDAY, 1, 1), ERR_INVALID);
	ck_assert_int_eq(push_curve(p, RUN_MONDAY + MS_PER_H, RUN_MONDAY, 1, 1), 0);
}
END_TEST

static bool take_end(void *arg, const struct ledger_op *op)
{
	const struct curve *c = op->curve;

	*(int64_t *)arg = c->start_ms + (int64_t)c->n * c->step_ms;
	return false;
}

/* Of fine steps the day of the past that is kept is more than a curve may have. */
START_TEST(a_long_curve_of_fine_steps_is_kept_to_its_end)
{
	static double v[CURVE_MAX];
	struct curve c = {.point = rig_declare(&g, "s", "x/a", UNIT_W, MS_PER_MIN),
			  .step_ms = MS_PER_S,
			  .n = CURVE_MAX,
			  .value = v};

	for (int i = 0; i < 4; i++) {
		int64_t end = 0;

		c.issue_ms = c.start_ms = RUN_MONDAY + i * MS_PER_H;
		ck_assert_int_eq(engine_push_curve(g.engine, "s", &c, NULL, NULL), 0);
		rig_settle(&g);
		ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_CURVE, 1, take_end, &end), 0);
		ck_assert_int_eq(end, c.start_ms + CURVE_MAX * MS_PER_S);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("points");
	TCase *t = tcase_create("points");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, numbers_are_permanent_and_repeating_changes_nothing);
	tcase_add_test(t, the_answer_comes_when_the_number_is_durable);
	tcase_add_test(t, another_unit_or_another_source_is_refused_other_fields_change);
	tcase_add_test(t, a_bound_point_has_the_unit_of_its_role);
	tcase_add_loop_test(t, the_latest_issue_wins_slot_by_slot_in_any_order_of_arrival, 0, 2);
	tcase_add_test(t, curves_are_checked);
	tcase_add_test(t, a_long_curve_of_fine_steps_is_kept_to_its_end);
	suite_add_tcase(s, t);
	return run_suite(s);
}
