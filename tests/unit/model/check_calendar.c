#include "model/calendar.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "testlib/run.h"

static struct calendar c;
static char faults[1024];

static int32_t day(int y, int m, int d)
{
	return (int32_t)num_days_from_civil(y, m, d);
}

static void on_fault(void *arg, const char *path, const char *text)
{
	size_t n = strlen(faults);

	(void)arg;
	snprintf(faults + n, sizeof(faults) - n, "%s %s\n", path, text);
}

/* 2025: 国庆节、中秋节 1–8 October, worked on Sunday 28 September and Saturday 11 October. */
static void setup(void)
{
	memset(&c, 0, sizeof(c));
	faults[0] = '\0';
	c.n_holidays = 2;
	c.holidays[0] = (struct calendar_holiday){"元旦", day(2025, 1, 1), day(2025, 1, 1)};
	c.holidays[1] =
		(struct calendar_holiday){"国庆节、中秋节", day(2025, 10, 1), day(2025, 10, 8)};
	c.n_workdays = 2;
	c.workdays[0] = day(2025, 9, 28);
	c.workdays[1] = day(2025, 10, 11);
}

START_TEST(a_weekday_is_worked_and_a_weekend_is_not)
{
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 7, 14)), DAY_WORKDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 7, 18)), DAY_WORKDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 7, 19)), DAY_REST);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 7, 20)), DAY_REST);
	ck_assert_int_eq(calendar_day_kind(NULL, day(2025, 10, 1)), DAY_WORKDAY);
}
END_TEST

START_TEST(holidays_and_the_days_worked_for_them_are_as_listed)
{
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 9, 28)), DAY_WORKDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 9, 30)), DAY_WORKDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 10, 1)), DAY_HOLIDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 10, 4)), DAY_HOLIDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 10, 8)), DAY_HOLIDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 10, 9)), DAY_WORKDAY);
	ck_assert_int_eq(calendar_day_kind(&c, day(2025, 10, 11)), DAY_WORKDAY);
	ck_assert_str_eq(calendar_holiday_name(&c, day(2025, 1, 1)), "元旦");
	ck_assert_str_eq(calendar_holiday_name(&c, day(2025, 1, 2)), "");
}
END_TEST

START_TEST(dates_are_local)
{
	const struct zone *shanghai, *berlin;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &shanghai), 0);
	ck_assert_int_eq(zone_load("Europe/Berlin", &berlin), 0);
	/* 2025-12-31T16:00Z is New Year in Shanghai */
	ck_assert_int_eq(calendar_date(shanghai, INT64_C(1767196800000)), day(2026, 1, 1));
	ck_assert_int_eq(calendar_date(berlin, INT64_C(1767196800000)), day(2025, 12, 31));
	ck_assert_int_eq(calendar_midnight(shanghai, day(2026, 1, 1)), INT64_C(1767196800000));
	for (int32_t d = day(2025, 1, 1); d < day(2026, 1, 1); d++) {
		ck_assert_int_eq(calendar_date(berlin, calendar_midnight(berlin, d)), d);
		ck_assert_int_eq(calendar_date(berlin, calendar_midnight(berlin, d) - 1), d - 1);
		ck_assert_int_eq(calendar_weekday(d),
				 zone_local(berlin, calendar_midnight(berlin, d)).weekday);
	}
	ck_assert_int_eq(calendar_weekday(-4), 6);
	zone_unload_all();
}
END_TEST

START_TEST(every_fault_is_told)
{
	ck_assert_int_eq(calendar_check(&c, on_fault, NULL), 0);
	c.holidays[0].name[0] = '\0';
	c.holidays[1].to_day = c.holidays[1].from_day - 1;
	c.workdays[1] = c.workdays[0];
	ck_assert_int_eq(calendar_check(&c, on_fault, NULL), 3);
	ck_assert_str_eq(faults, "holidays[0].name is missing\nholidays[1].to is before from\n"
				 "workdays[1] is listed twice\n");
	setup();
	c.holidays[0].to_day = day(2025, 10, 1);
	c.workdays[0] = day(2025, 10, 4);
	c.workdays[1] = day(2025, 10, 9);
	ck_assert_int_eq(calendar_check(&c, on_fault, NULL), 3);
	ck_assert_str_eq(faults,
			 "holidays[1] overlaps one before it\nworkdays[0] is a holiday too\n"
			 "workdays[1] is no weekend: it is worked anyway\n");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("calendar");
	TCase *t = tcase_create("calendar");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_weekday_is_worked_and_a_weekend_is_not);
	tcase_add_test(t, holidays_and_the_days_worked_for_them_are_as_listed);
	tcase_add_test(t, dates_are_local);
	tcase_add_test(t, every_fault_is_told);
	suite_add_tcase(s, t);
	return run_suite(s);
}
