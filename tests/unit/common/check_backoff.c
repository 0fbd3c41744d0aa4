#include "common/backoff.h"
#include "testlib/rng.h"
#include "testlib/run.h"

START_TEST(pauses_double_with_jitter_up_to_the_most_and_begin_anew)
{
	struct backoff b;

	for (uint64_t seed = 0; seed < 200; seed++) {
		int64_t whole = 200;

		backoff_init(&b, 200, 5000, seed);
		for (int i = 0; i < 12; i++) {
			int64_t ms = backoff_take_ms(&b);

			ck_assert_int_ge(ms, whole / 2);
			ck_assert_int_le(ms, whole);
			whole = whole * 2 > 5000 ? 5000 : whole * 2;
		}
		backoff_reset(&b);
		ck_assert_int_le(backoff_take_ms(&b), 200);
	}
}
END_TEST

START_TEST(instances_do_not_come_back_in_step)
{
	int same = 0;

	for (uint64_t seed = 0; seed < 100; seed++) {
		struct backoff a, b;

		backoff_init(&a, 10000, 10000, seed);
		backoff_init(&b, 10000, 10000, seed + 1);
		same += backoff_take_ms(&a) == backoff_take_ms(&b);
	}
	ck_assert_int_le(same, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("backoff");
	TCase *tc = tcase_create("backoff");

	tcase_add_test(tc, pauses_double_with_jitter_up_to_the_most_and_begin_anew);
	tcase_add_test(tc, instances_do_not_come_back_in_step);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
