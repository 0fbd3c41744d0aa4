#include "base/sm.h"

#include <check.h>
#include <signal.h>

#include "base/log.h"
#include "base/require.h"
#include "testlib/run.h"

/*  IDLE --> BUSY --> DONE
 *    ^-------'
 */
enum { IDLE, BUSY, DONE };

static const struct sm_state states[] = {
	[IDLE] = {.name = "IDLE", .allowed = SM_BIT(BUSY)},
	[BUSY] = {.name = "BUSY", .allowed = SM_BIT(IDLE) | SM_BIT(DONE)},
	[DONE] = {.name = "DONE", .final = true},
};

static bool is_even_when_done(const void *obj, int state)
{
	return state != DONE || *(const int *)obj % 2 == 0;
}

static const struct sm_class machine = {.name = "job",
					.states = states,
					.n_states = ARRAY_SIZE(states),
					.invariant = is_even_when_done};

START_TEST(exactly_the_moves_of_the_table_are_allowed)
{
	static const bool want[3][3] = {{false, true, false}, {true, false, true}, {false}};

	for (int from = 0; from < 3; from++)
		for (int to = 0; to < 3; to++)
			ck_assert_int_eq(sm_allowed(&machine, from, to), want[from][to]);
}
END_TEST

START_TEST(states_outside_the_table_are_no_states)
{
	ck_assert(!sm_allowed(&machine, -1, BUSY));
	ck_assert(!sm_allowed(&machine, 3, BUSY));
	ck_assert(!sm_allowed(&machine, BUSY, 3));
	ck_assert(!sm_allowed(&machine, BUSY, 40));
	ck_assert(!sm_allowed(&machine, BUSY, -1));
	ck_assert_str_eq(sm_name(&machine, BUSY), "BUSY");
	ck_assert_str_eq(sm_name(&machine, 3), "?");
	ck_assert_str_eq(sm_name(&machine, -1), "?");
}
END_TEST

START_TEST(a_move_sets_the_state)
{
	int state = IDLE, obj = 2;

	sm_move(&machine, &state, BUSY, &obj);
	ck_assert_int_eq(state, BUSY);
	sm_move(&machine, &state, DONE, &obj);
	ck_assert_int_eq(state, DONE);
	ck_assert_uint_eq(require_failed_count(), 0);
}
END_TEST

START_TEST(an_illegal_move_aborts)
{
	int state = DONE, obj = 2;

	sm_move(&machine, &state, IDLE, &obj);
}
END_TEST

START_TEST(a_move_to_no_state_aborts)
{
	int state = BUSY, obj = 2;

	sm_move(&machine, &state, 40, &obj);
}
END_TEST

static void count(enum log_level level, const char *line, void *arg)
{
	(void)level;
	ck_assert_str_ne(line, "");
	++*(int *)arg;
}

START_TEST(a_broken_invariant_is_counted_and_survived)
{
	int n_lines = 0, obj = 1;

	log_set_sink(count, &n_lines);
	for (int i = 0; i < 3; i++) {
		int state = BUSY;

		sm_move(&machine, &state, DONE, &obj);
		ck_assert_int_eq(state, DONE);
	}
	ck_assert_uint_eq(require_failed_count(), 3);
	ck_assert_int_eq(n_lines, 1);
}
END_TEST

START_TEST(a_machine_may_have_no_invariant)
{
	const struct sm_class plain = {
		.name = "plain", .states = states, .n_states = ARRAY_SIZE(states)};
	int state = IDLE;

	sm_move(&plain, &state, BUSY, NULL);
	ck_assert_int_eq(state, BUSY);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sm");
	TCase *t = tcase_create("sm");

	tcase_add_test(t, exactly_the_moves_of_the_table_are_allowed);
	tcase_add_test(t, states_outside_the_table_are_no_states);
	tcase_add_test(t, a_move_sets_the_state);
	tcase_add_test_raise_signal(t, an_illegal_move_aborts, SIGABRT);
	tcase_add_test_raise_signal(t, a_move_to_no_state_aborts, SIGABRT);
	tcase_add_test(t, a_broken_invariant_is_counted_and_survived);
	tcase_add_test(t, a_machine_may_have_no_invariant);
	suite_add_tcase(s, t);
	return run_suite(s);
}
