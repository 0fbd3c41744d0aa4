#include "loop/group.h"

#include <check.h>
#include <signal.h>

#include "loop/lane.h"
#include "looptest.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct loop *loop;
static struct group group;
static int n_done;

static void setup(void)
{
	ck_assert_int_eq(loop_new(&loop), 0);
}

static void teardown(void)
{
	loop_free(loop);
}

static void done(void *arg)
{
	ck_assert_ptr_eq(arg, &n_done);
	n_done++;
}

START_TEST(a_group_of_none_is_done_in_the_next_tick_not_inside_seal)
{
	group_init(&group, loop, "test", done, &n_done);
	group_seal(&group);
	ck_assert_int_eq(n_done, 0);
	loop_run(loop);
	ck_assert_int_eq(n_done, 1);
}
END_TEST

START_TEST(one_callback_once_all_have_left_whatever_the_order)
{
	struct rng r;

	rng_init(&r, 7);
	for (int round = 0; round < 200; round++) {
		int members = (int)rng_below(&r, 8) + 1, in = 0, left = 0;
		bool sealed = false;

		n_done = 0;
		group_init(&group, loop, "test", done, &n_done);
		while (left < members || !sealed) {
			if (!sealed && in == members) {
				group_seal(&group);
				sealed = true;
			} else if (in < members && rng_below(&r, 2)) {
				ck_assert_ptr_eq(group_enter(&group), &group);
				in++;
			} else if (left < in) {
				group_leave(&group);
				left++;
			}
			if (left < members || !sealed)
				ck_assert_int_eq(n_done, 0);
		}
		loop_run(loop);
		ck_assert_int_eq(n_done, 1);
	}
}
END_TEST

START_TEST(a_member_may_bring_another_while_the_group_closes)
{
	group_init(&group, loop, "test", done, &n_done);
	group_enter(&group);
	group_seal(&group);
	group_enter(&group);
	group_leave(&group);
	loop_run(loop);
	ck_assert_int_eq(n_done, 0);
	group_leave(&group);
	ck_assert_int_eq(n_done, 1);
}
END_TEST

START_TEST(it_waits_for_things_that_close_on_the_loop)
{
	struct lane *a, *b;

	ck_assert_int_eq(lane_new(loop, "a", 1, &a), 0);
	ck_assert_int_eq(lane_new(loop, "b", 1, &b), 0);
	group_init(&group, loop, "test", done, &n_done);
	lane_close(a, group_leave, group_enter(&group));
	lane_close(b, group_leave, group_enter(&group));
	group_seal(&group);
	ck_assert_int_eq(n_done, 0);
	loop_run(loop);
	ck_assert_int_eq(n_done, 1);
}
END_TEST

static void seal_twice(void)
{
	group_init(&group, loop, "test", done, &n_done);
	group_enter(&group);
	group_seal(&group);
	group_seal(&group);
}

static void leave_too_often(void)
{
	group_init(&group, loop, "test", done, &n_done);
	group_leave(&group);
	group_leave(&group);
}

static void enter_when_all_is_over(void)
{
	group_init(&group, loop, "test", done, &n_done);
	group_seal(&group);
	loop_run(loop);
	group_enter(&group);
}

START_TEST(misuse_aborts)
{
	dies_saying(seal_twice, "sealed");
	dies_saying(leave_too_often, "open > 0");
	dies_saying(enter_when_all_is_over, "open > 0");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("group");
	TCase *t = tcase_create("group");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_group_of_none_is_done_in_the_next_tick_not_inside_seal);
	tcase_add_test(t, one_callback_once_all_have_left_whatever_the_order);
	tcase_add_test(t, a_member_may_bring_another_while_the_group_closes);
	tcase_add_test(t, it_waits_for_things_that_close_on_the_loop);
	tcase_add_test(t, misuse_aborts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
