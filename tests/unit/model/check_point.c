#include "model/point.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "testlib/run.h"

static struct point_decl d;
static struct fault fault;

static void setup(void)
{
	d = (struct point_decl){
		.name = "hongyuan/pcc.power",
		.unit = UNIT_W,
		.kind = KIND_MEAN,
		.label = LABEL_START,
		.period_ms = 60000,
	};
	fault = (struct fault){0};
}

static void expect_fault(const char *text)
{
	ck_assert_int_eq(point_decl_check(&d, &fault), ERR_INVALID);
	ck_assert_int_eq(fault.code, ERR_INVALID);
	ck_assert_msg(strstr(fault.text, text) != NULL, "%s", fault.text);
	ck_assert_int_eq(point_decl_check(&d, NULL), ERR_INVALID);
}

START_TEST(a_proper_declaration_passes)
{
	ck_assert_int_eq(point_decl_check(&d, &fault), 0);
	ck_assert_int_eq(fault.code, 0);
	d.has_min = d.has_max = true;
	d.min = d.max = 5;
	snprintf(d.description, sizeof(d.description), "关口有功 (10 kV)");
	for (int u = UNIT_W; u <= UNIT_LAST; u++)
		for (int k = KIND_INSTANT; k <= KIND_LAST; k++) {
			d.unit = (enum unit)u;
			d.kind = (enum value_kind)k;
			ck_assert_int_eq(point_decl_check(&d, &fault), 0);
		}
	d.kind = KIND_INSTANT;
	d.label = LABEL_NONE;
	ck_assert_int_eq(point_decl_check(&d, &fault), 0);
	d.period_ms = MS_PER_S;
	ck_assert_int_eq(point_decl_check(&d, &fault), 0);
	d.period_ms = MS_PER_DAY;
	ck_assert_int_eq(point_decl_check(&d, &fault), 0);
}
END_TEST

START_TEST(names_are_checked_even_without_an_end)
{
	snprintf(d.name, sizeof(d.name), "Not a name");
	expect_fault("name");
	memset(d.name, 'x', sizeof(d.name));
	expect_fault("name");
}
END_TEST

START_TEST(numbers_of_the_wire_are_checked)
{
	d.unit = UNIT_NONE;
	expect_fault("unit 0");
	d.unit = (enum unit)(UNIT_LAST + 1);
	expect_fault("unit 12");
	d.unit = (enum unit) - 5;
	expect_fault("unit -5");
	setup();
	d.kind = KIND_NONE;
	expect_fault("kind 0");
	d.kind = (enum value_kind)(KIND_LAST + 1);
	expect_fault("kind 6");
	setup();
	d.label = (enum point_label)3;
	expect_fault("label 3");
	d.label = (enum point_label) - 1;
	expect_fault("label -1");
}
END_TEST

START_TEST(means_and_energies_need_a_label)
{
	d.label = LABEL_NONE;
	expect_fault("which end");
	d.kind = KIND_ENERGY;
	expect_fault("which end");
	d.kind = KIND_COUNTER;
	ck_assert_int_eq(point_decl_check(&d, &fault), 0);
}
END_TEST

START_TEST(periods_are_a_second_to_a_day)
{
	static const int64_t bad[] = {0, -1, MS_PER_S - 1, MS_PER_DAY + 1, INT64_MAX, INT64_MIN};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		d.period_ms = bad[i];
		expect_fault("period");
	}
}
END_TEST

START_TEST(ranges_are_finite_and_in_order)
{
	d.has_min = d.has_max = true;
	d.min = 2;
	d.max = 1;
	expect_fault("min is above max");
	d.max = NAN;
	expect_fault("finite");
	d.max = INFINITY;
	expect_fault("finite");
	d.has_max = false;
	ck_assert_int_eq(point_decl_check(&d, &fault), 0);
}
END_TEST

START_TEST(descriptions_are_plain_text)
{
	snprintf(d.description, sizeof(d.description), "\x1b[31mred");
	expect_fault("description");
	snprintf(d.description, sizeof(d.description), "\xc3(");
	expect_fault("description");
	memset(d.description, 'x', sizeof(d.description));
	expect_fault("description");
}
END_TEST

START_TEST(unit_and_kind_stay)
{
	struct point_decl next = d;

	next.period_ms = 1000;
	next.label = LABEL_END;
	next.has_min = true;
	ck_assert(point_decl_is_compatible(&d, &next));
	next.unit = UNIT_WH;
	ck_assert(!point_decl_is_compatible(&d, &next));
	next = d;
	next.kind = KIND_INSTANT;
	ck_assert(!point_decl_is_compatible(&d, &next));
}
END_TEST

START_TEST(values_are_judged_by_their_range)
{
	d.has_min = d.has_max = true;
	d.min = -10;
	d.max = 10;
	ck_assert_int_eq(point_judge(&d, 0, QUALITY_OK), QUALITY_OK);
	ck_assert_int_eq(point_judge(&d, 10, QUALITY_ESTIMATED), QUALITY_ESTIMATED);
	ck_assert_int_eq(point_judge(&d, -10, QUALITY_BAD), QUALITY_BAD);
	ck_assert_int_eq(point_judge(&d, 10.001, QUALITY_OK), QUALITY_BAD);
	ck_assert_int_eq(point_judge(&d, -10.001, QUALITY_ESTIMATED), QUALITY_BAD);
	ck_assert_int_eq(point_judge(&d, NAN, QUALITY_OK), QUALITY_MISSING);
	ck_assert_int_eq(point_judge(&d, -INFINITY, QUALITY_BAD), QUALITY_MISSING);
	ck_assert_int_eq(point_judge(&d, 0, (enum quality)17), QUALITY_BAD);
	ck_assert_int_eq(point_judge(&d, 0, (enum quality) - 1), QUALITY_BAD);
	d.has_min = d.has_max = false;
	ck_assert_int_eq(point_judge(&d, 1e300, QUALITY_OK), QUALITY_OK);
}
END_TEST

START_TEST(a_value_is_stale_after_two_periods_from_when_it_came_to_be)
{
	int64_t t = 1000000;

	d.kind = KIND_INSTANT;
	ck_assert(!point_is_stale(&d, t, t + 2 * d.period_ms));
	ck_assert(point_is_stale(&d, t, t + 2 * d.period_ms + 1));
	ck_assert(!point_is_stale(&d, t, t - 99999));
	d.kind = KIND_MEAN;
	d.label = LABEL_END;
	ck_assert(point_is_stale(&d, t, t + 2 * d.period_ms + 1));
	/* the interval that begins at t is known one period later */
	d.label = LABEL_START;
	ck_assert(!point_is_stale(&d, t, t + 3 * d.period_ms));
	ck_assert(point_is_stale(&d, t, t + 3 * d.period_ms + 1));
	d.kind = KIND_STATUS;
	ck_assert(point_is_stale(&d, t, t + 2 * d.period_ms + 1));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("point");
	TCase *t = tcase_create("point");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_proper_declaration_passes);
	tcase_add_test(t, names_are_checked_even_without_an_end);
	tcase_add_test(t, numbers_of_the_wire_are_checked);
	tcase_add_test(t, means_and_energies_need_a_label);
	tcase_add_test(t, periods_are_a_second_to_a_day);
	tcase_add_test(t, ranges_are_finite_and_in_order);
	tcase_add_test(t, descriptions_are_plain_text);
	tcase_add_test(t, unit_and_kind_stay);
	tcase_add_test(t, values_are_judged_by_their_range);
	tcase_add_test(t, a_value_is_stale_after_two_periods_from_when_it_came_to_be);
	suite_add_tcase(s, t);
	return run_suite(s);
}
