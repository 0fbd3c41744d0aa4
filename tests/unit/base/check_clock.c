#include "base/clock.h"

#include <check.h>
#include <time.h>

#include "testlib/run.h"

START_TEST(wall_time_is_the_systems_in_milliseconds)
{
	time_t before = time(NULL);
	int64_t t_ms = clock_wall_ms();
	time_t after = time(NULL);

	/* time() reads a coarse clock, which may lag a tick */
	ck_assert_int_ge(t_ms, (int64_t)before * MS_PER_S);
	ck_assert_int_le(t_ms, ((int64_t)after + 2) * MS_PER_S);
}
END_TEST

START_TEST(monotonic_time_does_not_go_back_and_both_units_agree)
{
	int64_t last_us = clock_mono_us();

	for (int i = 0; i < 1000; i++) {
		int64_t ms = clock_mono_ms(), us = clock_mono_us();

		ck_assert_int_ge(us, last_us);
		ck_assert_int_ge(ms, last_us / 1000);
		ck_assert_int_le(ms, us / 1000);
		last_us = us;
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");

	tcase_add_test(t, wall_time_is_the_systems_in_milliseconds);
	tcase_add_test(t, monotonic_time_does_not_go_back_and_both_units_agree);
	suite_add_tcase(s, t);
	return run_suite(s);
}
