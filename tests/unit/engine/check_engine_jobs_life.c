/* Jobs: moved, over, bounded in number, and what a mode does to them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs_rig.h"
#include "simtest/greedy.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static int tell_moves(const struct job_event *ev, size_t n)
{
	struct rig_answer w = rig_answer_new();
	int r;

	fault = (struct fault){0};
	r = engine_job_events(g.engine, ev, n, &w.w, &fault);
	if (r)
		return r;
	rig_settle(&g);
	return w.rc;
}

static char *three_sites(void)
{
	static const char *const ids[] = {"one", "two", "three"};
	const char *source = getenv("SUANDIAN_SOURCE");
	char *path = tmpdir_path(tmpdir_new(), "main.yaml");
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f, "include: [%s/config/sichuan/tariffs.d/sc-tou-2023.yaml]\nsites:\n", source);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		fprintf(f,
			"  - id: %s\n"
			"    tariff: sc-tou-2023\n"
			"    pcc: {import_max: 9MW, export_max: 1MW}\n"
			"    load: {id: it, capacity: 4MW, floor: 1MW, pue: 1.2}\n"
			"    queues: [{id: batch, devices: 1000, device_power: 700W, slack: 12h}]\n"
			"    bindings:\n"
			"      - {role: pcc.power, point: %s/pcc}\n"
			"      - {role: \"queue[batch].backlog\", point: %s/backlog}\n",
			ids[i], ids[i], ids[i]);
	fclose(f);
	return path;
}

static struct job_event moved(const char *from, const char *to)
{
	return (struct job_event){.site = from,
				  .job = "a1",
				  .kind = JOB_EVENT_MIGRATED,
				  .t_ms = T0,
				  .reason = "",
				  .to_site = to,
				  .to_queue = "batch"};
}

static uint32_t live_at(const char *site)
{
	struct job_query q = query();
	struct job_page page;

	q.site = site;
	list(&q, &page);
	return page.n_live;
}

START_TEST(two_jobs_of_one_name_do_not_move_to_one_site)
{
	struct compute_job j[2] = {job("a1", 100, 2, 30), job("a1", 100, 2, 30)};
	struct job_event ev[2] = {moved("one", "two"), moved("two", "three")};
	char *path = three_sites();

	rig_fini(&g);
	rig_init_with(&g, path, true, T0);
	free(path);
	snprintf(j[0].site, sizeof(j[0].site), "one");
	snprintf(j[1].site, sizeof(j[1].site), "two");
	ck_assert_int_eq(push(j, 2), 0);
	/* the name is taken there */
	ck_assert_int_eq(tell_moves(ev, 1), ERR_INVALID);
	/* nor may both arrive in one frame: it is free when the frame is looked at */
	ev[0].to_site = "three";
	ck_assert_int_eq(tell_moves(ev, 2), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "events[1].to_site"));
	ck_assert_int_eq(tell_moves(&ev[1], 1), 0);
	rig_crash(&g);
	ck_assert_uint_eq(live_at("one"), 1);
	ck_assert_uint_eq(live_at("two"), 0);
	ck_assert_uint_eq(live_at("three"), 1);
}
END_TEST

START_TEST(a_time_beyond_all_times_is_refused)
{
	struct compute_job j = job("a1", 100, 2, 30);

	j.arrival_ms = INT64_MAX;
	j.deadline_ms = 0;
	ck_assert_int_eq(push(&j, 1), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(fault.text, "jobs[0].arrival_ms"));
}
END_TEST

START_TEST(jobs_that_are_over_go_after_a_day)
{
	struct compute_job j = job("a1", 100, 2, 10);

	push_one(&j);
	rig_advance(&g, T0);
	ck_assert_int_eq(tell("a1", JOB_EVENT_CANCELLED, T0, -1), 0);
	rig_advance(&g, T0 + MS_PER_DAY - MS_PER_MIN);
	ck_assert_int_eq(state_of("a1"), JOB_CANCELLED);
	rig_advance(&g, T0 + MS_PER_DAY);
	rig_settle(&g);
	struct job_query q = query();
	struct job_page page;
	struct fault f = {0};
	struct listed l = {0};
	q.id = "a1";
	ck_assert_int_eq(engine_list_jobs(g.engine, &q, on_info, &l, &page, &f), ERR_NOTFOUND);
	ck_assert_uint_eq(g.world.disk.ledger[LEDGER_JOB].n, 0);
}
END_TEST

static struct settings *settings(void)
{
	/* as a file would have set it */
	return &((struct configuration *)(uintptr_t)engine_configuration(g.engine))->settings;
}

START_TEST(how_many_and_for_how_long_is_configured)
{
	struct compute_job j[3] = {job("a1", 100, 2, 10), job("a2", 100, 2, 10),
				   job("a3", 100, 2, 10)};
	struct job_query q = query();
	struct job_page page;
	struct compute_job a1;
	struct job_info info;
	struct listed l = {0};
	struct fault f = {0};

	settings()->limits.jobs = 2;
	settings()->jobs.keep_ms = MS_PER_H;
	settings()->jobs.dwell_ms = 10 * MS_PER_MIN;
	ck_assert_int_eq(push(j, 3), ERR_FULL);
	ck_assert_ptr_nonnull(strstr(fault.text, "limits.jobs = 2"));
	ck_assert_int_eq(push(j, 2), 0);
	subscribe();
	rig_advance(&g, T0);
	ack_all();
	info = look("a1", &a1);
	ck_assert_int_eq(a1.state, JOB_RUNNING);
	ck_assert_int_eq(info.dwell_until_ms, a1.started_ms + 10 * MS_PER_MIN);
	ck_assert_int_eq(tell("a1", JOB_EVENT_CANCELLED, T0, -1), 0);
	rig_advance(&g, T0 + MS_PER_H);
	rig_settle(&g);
	q.id = "a1";
	ck_assert_int_eq(engine_list_jobs(g.engine, &q, on_info, &l, &page, &f), ERR_NOTFOUND);
}
END_TEST

static void instruct(const struct instruction *in)
{
	struct rig_answer w = rig_answer_new();
	uint64_t id;

	ck_assert_msg(engine_instruct(g.engine, in, &w.w, &id, &fault) == 0, "%s", fault.text);
	rig_settle(&g);
}

static void set_mode(enum site_mode mode)
{
	struct instruction in = {.kind = INSTRUCTION_MODE,
				 .target = SITE,
				 .mode = mode,
				 .who = "chen",
				 .reason = "test"};

	instruct(&in);
}

/* A running job, then nothing may run any more: it is told to pause and obeys. */
static void pause_a1(void)
{
	struct compute_job j = job("a1", 100, 2, 20);
	struct instruction in = {.kind = INSTRUCTION_OVERRIDE,
				 .target = QUEUE,
				 .what = OVERRIDE_CAP,
				 .until_ms = T0 + 6 * MS_PER_H,
				 .who = "chen",
				 .reason = "test"};

	subscribe();
	push_one(&j);
	rig_advance(&g, T0);
	ack_all();
	ck_assert_int_eq(state_of("a1"), JOB_RUNNING);
	instruct(&in);
	rig_advance(&g, T0 + 3 * SLOT_MS);
	ack_all();
	ck_assert_int_eq(sent("a1", VERB_PAUSE), 1);
	ck_assert_int_eq(state_of("a1"), JOB_PAUSED);
}

START_TEST(in_hold_a_paused_job_stays_paused)
{
	struct arena a;
	struct why why;
	uint64_t id;

	pause_a1();
	id = last_of("a1")->id;
	set_mode(MODE_HOLD);
	for (int i = 4; i < 12; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
		ck_assert_int_eq(state_of("a1"), JOB_PAUSED);
	}
	ck_assert_uint_eq(last_of("a1")->id, id);
	arena_init(&a, (size_t)16 << 20);
	ck_assert_int_eq(engine_explain(g.engine, QUEUE, 0, 0, &a, &why), 0);
	ck_assert_ptr_nonnull(strstr(why.headline, " jobs 1 paused"));
	arena_fini(&a);
	ck_assert_int_gt(last_of("a1")->valid_until_ms, T0 + 12 * SLOT_MS);
	ck_assert_int_eq(sent("a1", VERB_RESUME), 0);
}
END_TEST

START_TEST(in_advisory_a_paused_job_goes_on_at_once_and_is_told_once)
{
	pause_a1();
	set_mode(MODE_ADVISORY);
	ck_assert_int_eq(sent("a1", VERB_RESUME), 1);
	ck_assert_int_eq(last_of("a1")->reason.code, REASON_OVERRIDE);
	ack_all();
	ck_assert_int_eq(state_of("a1"), JOB_RUNNING);
	for (int i = 4; i < 8; i++) {
		rig_advance(&g, T0 + i * SLOT_MS);
		ack_all();
	}
	ck_assert_int_eq(sent("a1", VERB_RESUME), 1);
	ck_assert_int_eq(sent("a1", VERB_PAUSE), 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_jobs_life");
	TCase *t = tcase_create("jobs");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, two_jobs_of_one_name_do_not_move_to_one_site);
	tcase_add_test(t, a_time_beyond_all_times_is_refused);
	tcase_add_test(t, jobs_that_are_over_go_after_a_day);
	tcase_add_test(t, how_many_and_for_how_long_is_configured);
	tcase_add_test(t, in_hold_a_paused_job_stays_paused);
	tcase_add_test(t, in_advisory_a_paused_job_goes_on_at_once_and_is_told_once);
	suite_add_tcase(s, t);
	return run_suite(s);
}
