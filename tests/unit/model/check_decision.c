#include "model/decision.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "base/require.h"
#include "testlib/run.h"

static void drop_line(enum log_level level, const char *line, void *arg)
{
	(void)level;
	(void)line;
	(void)arg;
}

static struct decision d;

static void setup(void)
{
	log_set_sink(drop_line, NULL);
	d = (struct decision){.id = 1, .asset = "hongyuan/bess", .valid_until_ms = 1};
}

/* The graph of decision.h, written out: who may go where. */
static const uint32_t moves[] = {
	[DECISION_NONE] = SM_BIT(DECISION_ISSUED),
	[DECISION_ISSUED] = SM_BIT(DECISION_ACCEPTED) | SM_BIT(DECISION_REJECTED) |
			    SM_BIT(DECISION_FAILED) | SM_BIT(DECISION_SUPERSEDED) |
			    SM_BIT(DECISION_EXPIRED),
	[DECISION_ACCEPTED] = SM_BIT(DECISION_APPLIED) | SM_BIT(DECISION_FAILED) |
			      SM_BIT(DECISION_SUPERSEDED) | SM_BIT(DECISION_EXPIRED),
	[DECISION_APPLIED] = SM_BIT(DECISION_VERIFIED) | SM_BIT(DECISION_FAILED) |
			     SM_BIT(DECISION_SUPERSEDED) | SM_BIT(DECISION_EXPIRED),
	[DECISION_VERIFIED] = SM_BIT(DECISION_SUPERSEDED) | SM_BIT(DECISION_EXPIRED),
	[DECISION_FAILED] = SM_BIT(DECISION_SUPERSEDED) | SM_BIT(DECISION_EXPIRED),
	[DECISION_REJECTED] = 0,
	[DECISION_SUPERSEDED] = 0,
	[DECISION_EXPIRED] = 0,
};

START_TEST(exactly_the_moves_of_the_graph_are_allowed)
{
	for (int from = DECISION_NONE; from <= DECISION_EXPIRED; from++)
		for (int to = DECISION_NONE; to <= DECISION_EXPIRED; to++)
			ck_assert_msg(sm_allowed(&decision_sm, from, to) ==
					      ((moves[from] & SM_BIT(to)) != 0),
				      "%s -> %s", sm_name(&decision_sm, from),
				      sm_name(&decision_sm, to));
	ck_assert(!sm_allowed(&decision_sm, DECISION_ISSUED, DECISION_EXPIRED + 1));
}
END_TEST

START_TEST(final_states_are_those_without_a_way_out)
{
	for (int s = DECISION_NONE; s <= DECISION_EXPIRED; s++)
		ck_assert_int_eq(decision_sm.states[s].final, moves[s] == 0);
}
END_TEST

START_TEST(a_life_from_issue_to_its_end)
{
	sm_move(&decision_sm, &d.state, DECISION_ISSUED, &d);
	sm_move(&decision_sm, &d.state, DECISION_ACCEPTED, &d);
	sm_move(&decision_sm, &d.state, DECISION_APPLIED, &d);
	sm_move(&decision_sm, &d.state, DECISION_VERIFIED, &d);
	sm_move(&decision_sm, &d.state, DECISION_EXPIRED, &d);
	ck_assert_uint_eq(require_failed_count(), 0);
	ck_assert_str_eq(sm_name(&decision_sm, d.state), "expired");
}
END_TEST

START_TEST(a_decision_without_id_asset_or_term_is_noticed)
{
	struct decision bad = d;

	bad.id = 0;
	sm_move(&decision_sm, &bad.state, DECISION_ISSUED, &bad);
	ck_assert_uint_eq(require_failed_count(), 1);
	bad = d;
	bad.asset[0] = '\0';
	sm_move(&decision_sm, &bad.state, DECISION_ISSUED, &bad);
	ck_assert_uint_eq(require_failed_count(), 2);
	bad = d;
	bad.valid_from_ms = bad.valid_until_ms;
	sm_move(&decision_sm, &bad.state, DECISION_ISSUED, &bad);
	ck_assert_uint_eq(require_failed_count(), 3);
}
END_TEST

START_TEST(a_move_that_is_not_in_the_graph_aborts)
{
	d.state = DECISION_REJECTED;
	sm_move(&decision_sm, &d.state, DECISION_APPLIED, &d);
}
END_TEST

START_TEST(reasons_have_names)
{
	static const char *const names[] = {"none",	"plan",	    "event",  "limit",
					    "fallback", "override", "restore"};

	for (int i = REASON_NONE; i <= REASON_RESTORE; i++)
		ck_assert_str_eq(reason_name((enum reason_code)i), names[i]);
	ck_assert_str_eq(reason_name((enum reason_code)(REASON_RESTORE + 1)), "?");
	ck_assert_str_eq(reason_name((enum reason_code) - 1), "?");
}
END_TEST

START_TEST(actions_are_the_same_when_they_ask_for_the_same)
{
	struct action start = {.kind = ACTION_JOB, .verb = VERB_START, .job = "j"};
	struct action a = start;

	a.value = 5; /* says nothing for START */
	ck_assert(action_is_same(&start, &a));
	a.verb = VERB_PAUSE;
	ck_assert(!action_is_same(&start, &a));
	a = start;
	a.job[0] = 'k';
	ck_assert(!action_is_same(&start, &a));
	struct action cap = {.kind = ACTION_JOB, .verb = VERB_CAP, .job = "j", .value = 5};
	a = cap;
	ck_assert(action_is_same(&cap, &a));
	a.value = 6;
	ck_assert(!action_is_same(&cap, &a));
	struct action move = {.kind = ACTION_MIGRATE, .job = "j", .to = "s/q", .value = 7};
	a = move;
	ck_assert(action_is_same(&move, &a));
	a.to[0] = 't';
	ck_assert(!action_is_same(&move, &a));
	a = move;
	a.value = 8;
	ck_assert(!action_is_same(&move, &a));
	ck_assert(action_is_same(&(struct action){.kind = ACTION_RELEASE, .value = 1},
				 &(struct action){.kind = ACTION_RELEASE}));
	ck_assert(!action_is_same(&(struct action){.kind = ACTION_CAP, .value = 1},
				  &(struct action){.kind = ACTION_CAP}));
}
END_TEST

START_TEST(kinds_and_verbs_have_names)
{
	ck_assert_str_eq(action_kind_name(ACTION_JOB), "job");
	ck_assert_str_eq(action_kind_name(ACTION_LAST), "migrate");
	ck_assert_str_eq(action_kind_name((enum action_kind)(ACTION_LAST + 1)), "?");
	ck_assert_str_eq(job_verb_name(VERB_START), "start");
	ck_assert_str_eq(job_verb_name(VERB_LAST), "cap");
	ck_assert_str_eq(job_verb_name((enum job_verb)(VERB_LAST + 1)), "?");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("decision");
	TCase *t = tcase_create("decision");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, exactly_the_moves_of_the_graph_are_allowed);
	tcase_add_test(t, final_states_are_those_without_a_way_out);
	tcase_add_test(t, a_life_from_issue_to_its_end);
	tcase_add_test(t, a_decision_without_id_asset_or_term_is_noticed);
	tcase_add_test_raise_signal(t, a_move_that_is_not_in_the_graph_aborts, SIGABRT);
	tcase_add_test(t, reasons_have_names);
	tcase_add_test(t, actions_are_the_same_when_they_ask_for_the_same);
	tcase_add_test(t, kinds_and_verbs_have_names);
	suite_add_tcase(s, t);
	return run_suite(s);
}
