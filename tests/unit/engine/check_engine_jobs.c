/* Jobs: pushed, planned, started once, told about, kept over restarts. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs_rig.h"
#include "simtest/greedy.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

START_TEST(a_job_is_started_once_without_a_term)
{
	struct compute_job j = job("a1", 100, 2, 10);
	const struct decision *d;

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	d = last_of("a1");
	ck_assert_str_eq(d->asset, QUEUE);
	ck_assert_int_eq(d->valid_until_ms, DECISION_NO_TERM);
	ck_assert_str_eq(d->correlation_id, "a1");
	ck_assert_int_eq(d->fallback.kind, ACTION_NONE);
	ck_assert_int_eq(state_of("a1"), JOB_PENDING);
	ack_all();
	ck_assert_int_eq(state_of("a1"), JOB_RUNNING);
	for (int i = 1; i < 5; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
	}
	ck_assert_int_eq(sent("a1", VERB_START), 1);
}
END_TEST

static int64_t told_floor_w;

/* Gives the queue nothing, whatever its jobs need. */
static int starve(struct solve_job *job)
{
	const struct plan_window *w = &job->region->sites[0]->queue_window[0];
	int rc = greedy_solve(job);
	struct plan *p = rc ? NULL : job->plans[0];

	told_floor_w = w->lo_w ? w->lo_w[0] : 0;
	for (uint32_t k = 0; p && k < p->n_assets; k++) {
		struct plan_asset *a = &p->assets[k];

		for (uint32_t i = 0; a->kind == ASSET_QUEUE && i < p->n; i++) {
			p->pcc_w[i] -= a->power_w[i];
			a->power_w[i] = 0;
		}
	}
	return rc;
}

static int64_t last_cap_w(void)
{
	int64_t cap = -1;

	for (size_t i = 0; i < g.n_sent; i++)
		if (strcmp(g.sent[i].asset, QUEUE) == 0 && g.sent[i].action.kind == ACTION_CAP)
			cap = g.sent[i].action.value;
	return cap;
}

START_TEST(who_has_no_time_left_runs_whatever_the_plan)
{
	struct compute_job j[2] = {job("hurry", 100, 2, 2), job("later", 50, 2, 10)};

	g.world.solver = starve;
	subscribe();
	ck_assert_int_eq(push(j, 2), 0);
	rig_advance(&g, T0);
	ck_assert_int_ge(told_floor_w, 100 * 700);
	ck_assert_int_eq(last_cap_w(), 100 * 700);
	ck_assert_int_eq(sent("hurry", VERB_START), 1);
	ck_assert_int_eq(sent("later", VERB_START), 0);
}
END_TEST

START_TEST(the_queue_is_planned_from_its_jobs)
{
	struct compute_job j[2] = {job("a1", 100, 2, 10), job("a2", 100, 2, 20)};
	struct arena a;
	const struct plan *p;
	bool said = false;

	ck_assert_int_eq(push(j, 2), 0);
	rig_advance(&g, T0);
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_get_plan(g.engine, SITE, 0, 0, &a, &p), 0);
	for (uint32_t i = 0; i < p->n_sources; i++)
		said |= strcmp(p->sources[i].input, "backlog[batch]") == 0 &&
			strcmp(p->sources[i].source, "jobs:2") == 0;
	ck_assert(said);
	arena_fini(&a);
}
END_TEST

START_TEST(work_is_counted_down_and_finishing_ends_it)
{
	struct compute_job j = job("a1", 100, 2, 10), now;

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	rig_advance(&g, T0 + MS_PER_H);
	ck_assert_int_eq(look("a1", &now).left_ds, 100 * 3600);
	ck_assert_int_eq(tell("a1", JOB_EVENT_PROGRESS, T0 + MS_PER_H, 400000), 0);
	ck_assert_int_eq(look("a1", &now).left_ds, 400000);
	/* told again, or late: nothing */
	ck_assert_int_eq(tell("a1", JOB_EVENT_PROGRESS, T0 + MS_PER_H, 5), 0);
	ck_assert_int_eq(look("a1", &now).left_ds, 400000);
	ck_assert_int_eq(tell("a1", JOB_EVENT_FINISHED, T0 + MS_PER_H + 1, -1), 0);
	ck_assert_int_eq(state_of("a1"), JOB_DONE);
	ck_assert_int_eq(tell("a1", JOB_EVENT_STARTED, T0 + MS_PER_H + 2, -1), 0);
	ck_assert_int_eq(state_of("a1"), JOB_DONE);
	/* pushed again as it was: over is over */
	push_one(&j);
	ck_assert_int_eq(state_of("a1"), JOB_DONE);
	/* a new arrival is a new life */
	j.arrival_ms = T0 + MS_PER_H;
	push_one(&j);
	ck_assert_int_eq(state_of("a1"), JOB_PENDING);
}
END_TEST

START_TEST(pushing_the_same_again_changes_nothing)
{
	struct compute_job j = job("a1", 100, 2, 10), now;
	size_t before;

	j.state = JOB_PENDING;
	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	rig_advance(&g, T0 + MS_PER_H);
	before = g.world.disk.ledger[LEDGER_JOB].n;
	push_one(&j);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_JOB].n, before);
	ck_assert_int_eq(look("a1", &now).left_ds, 100 * 3600);
	ck_assert_int_eq(now.state, JOB_RUNNING);
	/* other work is news */
	j.work_ds = 10000;
	push_one(&j);
	ck_assert_int_eq(look("a1", &now).left_ds, 10000);
}
END_TEST

START_TEST(all_of_a_push_or_nothing_and_the_fault_names_job_and_field)
{
	struct compute_job j[3] = {job("a1", 1, 1, 10), job("a2", 1, 1, 10), job("a3", 1, 1, 10)};
	struct job_query q = query();
	struct job_page page;

	j[1].devices = 5000;
	ck_assert_int_eq(push(j, 3), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[1].devices: 5000, the queue has 4000"));
	ck_assert_int_eq(list(&q, &page).n, 0);
	j[1] = j[0];
	ck_assert_int_eq(push(j, 3), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "twice"));
	j[1] = job("a2", 1, 1, 10);
	snprintf(j[1].queue, sizeof(j[1].queue), "nope");
	ck_assert_int_eq(push(j, 3), ERR_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[1].queue"));
	j[1] = job("a2", 1, 1, 10);
	j[1].state = JOB_DONE;
	ck_assert_int_eq(push(j, 3), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[1].state"));
	ck_assert_int_eq(tell("a9", JOB_EVENT_PROGRESS, T0, 5), ERR_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(fault.text, "events[0].job"));
	ck_assert_int_eq(list(&q, &page).n, 0);
}
END_TEST

START_TEST(a_restart_knows_the_jobs_and_starts_none_again)
{
	struct compute_job j[3] = {job("a1", 100, 2, 10), job("a2", 100, 2, 12),
				   job("a3", 100, 2, 14)};
	struct compute_job was, is;

	subscribe();
	ck_assert_int_eq(push(j, 3), 0);
	rig_advance(&g, T0);
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	/* one was carried out, one was refused, one was never answered */
	ck_assert_int_eq(ack(last_of("a1")->id, DECISION_APPLIED), 0);
	ck_assert_int_eq(ack(last_of("a2")->id, DECISION_REJECTED), 0);
	look("a1", &was);
	rig_crash(&g);
	subscribe();
	look("a1", &is);
	ck_assert_mem_eq(&is, &was, sizeof(is));
	for (int i = 1; i < 4; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_assets();
	}
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	ck_assert_int_eq(sent("a2", VERB_START), 2);
	ck_assert_int_eq(sent("a3", VERB_START), 1);
}
END_TEST

START_TEST(a_refused_start_is_tried_again_in_the_next_slot_only)
{
	struct compute_job j = job("a1", 100, 2, 10);

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ck_assert_int_eq(ack(last_of("a1")->id, DECISION_REJECTED), 0);
	rig_advance(&g, T0 + 10 * MS_PER_MIN);
	ck_assert_int_eq(sent("a1", VERB_START), 1);
	rig_advance(&g, T0 + SLOT_MS);
	ck_assert_int_eq(sent("a1", VERB_START), 2);
}
END_TEST

START_TEST(what_arrives_within_a_slot_is_looked_at_within_a_minute)
{
	struct compute_job j = job("a1", 100, 2, 10);

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	ck_assert_int_eq(tell("a1", JOB_EVENT_FINISHED, T0 + 1, -1), 0);
	j = job("a2", 10, 2, 10);
	push_one(&j);
	rig_advance(&g, T0 + MS_PER_MIN);
	ck_assert_int_eq(sent("a2", VERB_START), 1);
}
END_TEST

START_TEST(the_list_comes_in_pages_and_tells_what_is_planned)
{
	struct compute_job j[3] = {job("a1", 100, 2, 10), job("a2", 100, 2, 12),
				   job("b3", 100, 2, 40)};
	struct job_query q = query();
	struct job_page page;
	struct listed l;

	subscribe();
	ck_assert_int_eq(push(j, 3), 0);
	rig_advance(&g, T0);
	q.limit = 2;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 2);
	ck_assert_uint_eq(page.n_live, 3);
	ck_assert_int_eq(page.backlog_ds, INT64_C(3) * 100 * 7200);
	ck_assert_uint_ne(page.next, 0);
	ck_assert(l.at[0].has_outlook);
	ck_assert_int_eq(l.at[0].start_ms, T0);
	ck_assert_int_eq(l.at[0].end_ms, T0 + 2 * MS_PER_H);
	ck_assert(l.at[0].has_slack);
	ck_assert_int_eq(l.at[0].slack_ms, 8 * MS_PER_H);
	ck_assert_int_ge(l.at[0].n_steps, 1);
	ck_assert_int_eq(l.at[0].steps[0].what, STEP_RUN);
	q.after = page.next;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 1);
	ck_assert_str_eq(l.job[0].id, "b3");
	ck_assert_uint_eq(page.next, 0);
	q = query();
	q.from_ms = T0 + 39 * MS_PER_H;
	q.to_ms = T0 + 41 * MS_PER_H;
	l = list(&q, &page);
	ck_assert_int_eq(l.n, 1);
	ck_assert_str_eq(l.job[0].id, "b3");
	q = query();
	q.state = JOB_RUNNING;
	ck_assert_int_eq(list(&q, &page).n, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_jobs");
	TCase *t = tcase_create("jobs");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_job_is_started_once_without_a_term);
	tcase_add_test(t, who_has_no_time_left_runs_whatever_the_plan);
	tcase_add_test(t, the_queue_is_planned_from_its_jobs);
	tcase_add_test(t, work_is_counted_down_and_finishing_ends_it);
	tcase_add_test(t, pushing_the_same_again_changes_nothing);
	tcase_add_test(t, all_of_a_push_or_nothing_and_the_fault_names_job_and_field);
	tcase_add_test(t, a_restart_knows_the_jobs_and_starts_none_again);
	tcase_add_test(t, a_refused_start_is_tried_again_in_the_next_slot_only);
	tcase_add_test(t, what_arrives_within_a_slot_is_looked_at_within_a_minute);
	tcase_add_test(t, the_list_comes_in_pages_and_tells_what_is_planned);
	suite_add_tcase(s, t);
	return run_suite(s);
}
