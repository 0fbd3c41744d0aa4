/* Decisions, leases and fallbacks become set points. */
#include "plants.h"
#include "sim/obey.h"
#include "testlib/run.h"

#define STEP (5 * MS_PER_MIN)

static struct plant plant;
static struct twin twin;
static struct obey obey;
static const struct twin_exogenous sunny = {.gen_w = {6000000}, .load_it_w = 4000000};
static const struct obey_now now = {&sunny, STEP};

static void setup(void)
{
	plant = plant_hongyuan();
	twin_init(&twin, &plant, 1000000);
	obey_init(&obey, &twin);
}

static void teardown(void)
{
	twin_fini(&twin);
}

static Suandian__V1__Action action(Suandian__V1__Action__WhatCase what, int64_t value)
{
	Suandian__V1__Action a = SUANDIAN__V1__ACTION__INIT;

	a.what_case = what;
	a.power_w = value; /* one union */
	return a;
}

static struct obey_answer take(const char *asset, Suandian__V1__Action *a, int64_t from_ms)
{
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;

	d.id = 7;
	d.asset = (char *)asset;
	d.action = a;
	d.valid_from_ms = from_ms;
	return obey_take(&obey, &d, &now);
}

START_TEST(storage_takes_a_power_and_says_what_it_really_does)
{
	Suandian__V1__Action a = action(SUANDIAN__V1__ACTION__WHAT_POWER_W, -9000000);
	struct obey_answer answer = take("hongyuan/bess", &a, 0);

	ck_assert_uint_eq(answer.decision_id, 7);
	ck_assert_int_eq(answer.state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(answer.measured_w, -4000000); /* its limit */
	ck_assert_int_eq(twin.control.storage_w[0], -9000000);
	answer = take("hongyuan/bess", NULL, 0); /* null resets */
	ck_assert_int_eq(answer.state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(twin.control.storage_w[0], 0);
}
END_TEST

START_TEST(sun_and_queue_take_caps_and_release)
{
	Suandian__V1__Action cap = action(SUANDIAN__V1__ACTION__WHAT_CAP_W, 2000000);
	Suandian__V1__Action small = action(SUANDIAN__V1__ACTION__WHAT_CAP_W, 1400);
	Suandian__V1__Action release = action(SUANDIAN__V1__ACTION__WHAT_RELEASE, 0);

	ck_assert_int_eq(take("hongyuan/pv1", &cap, 0).measured_w, -2000000);
	ck_assert_int_eq(take("hongyuan/pv1", &release, 0).measured_w, -6000000);
	ck_assert_int_eq(queue_add(&twin.queues[0], 0, 1000 * STEP), 0);
	ck_assert_int_eq(take("hongyuan/batch", &small, 0).measured_w, 1400);
	ck_assert_int_eq(take("hongyuan/batch", &release, 0).measured_w, 700000);
	ck_assert_int_eq(twin.control.queue_cap_w[0], TWIN_NO_CAP);
}
END_TEST

START_TEST(what_cannot_be_done_is_rejected_with_a_reason_and_changes_nothing)
{
	Suandian__V1__Action power = action(SUANDIAN__V1__ACTION__WHAT_POWER_W, 1000);
	Suandian__V1__Action cap = action(SUANDIAN__V1__ACTION__WHAT_CAP_W, -1);
	Suandian__V1__Action soc = action(SUANDIAN__V1__ACTION__WHAT_SOC_TARGET_WH, 1);
	struct twin_control before = twin.control;
	const struct {
		const char *asset;
		Suandian__V1__Action *a;
	} bad[] = {{"hongyuan/nothing", &power}, {"liangshan/bess", &power},
		   {"hongyuan", &power},	 {"hongyuan/pv1", &power},
		   {"hongyuan/batch", &cap},	 {"hongyuan/bess", &cap},
		   {"hongyuan/bess", &soc}};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct obey_answer answer = take(bad[i].asset, bad[i].a, 0);

		ck_assert_int_eq(answer.state, SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED);
		ck_assert_ptr_nonnull(answer.reason);
	}
	ck_assert_mem_eq(&before, &twin.control, sizeof(before));
}
END_TEST

START_TEST(a_decision_waits_for_its_time_and_the_latest_counts)
{
	Suandian__V1__Action a = action(SUANDIAN__V1__ACTION__WHAT_POWER_W, 1000000);
	Suandian__V1__Action b = action(SUANDIAN__V1__ACTION__WHAT_POWER_W, 2000000);
	struct obey_answer answer = take("hongyuan/bess", &a, twin.now_ms + STEP);
	struct twin_row row;

	ck_assert_int_eq(answer.state, SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	take("hongyuan/bess", &b, twin.now_ms + STEP);
	ck_assert(!obey_due(&obey, &now, &answer));
	ck_assert_int_eq(twin_step(&twin, &sunny, STEP, &row), 0);
	ck_assert_int_eq(row.storage_w[0], 0);
	ck_assert(obey_due(&obey, &now, &answer));
	ck_assert_int_eq(answer.measured_w, 2000000);
	ck_assert(!obey_due(&obey, &now, &answer));
	ck_assert_int_eq(twin_step(&twin, &sunny, STEP, &row), 0);
	ck_assert_int_eq(row.storage_w[0], 2000000);
}
END_TEST

START_TEST(at_the_end_of_a_lease_the_fallback_holds)
{
	Suandian__V1__Action power = action(SUANDIAN__V1__ACTION__WHAT_POWER_W, -1000000);
	Suandian__V1__Action safe = action(SUANDIAN__V1__ACTION__WHAT_POWER_W, -500000);
	Suandian__V1__Action cap = action(SUANDIAN__V1__ACTION__WHAT_CAP_W, 0);
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;

	take("hongyuan/bess", &power, 0);
	take("hongyuan/bess", &power, twin.now_ms + STEP); /* one that waits goes with the lease */
	d.asset = (char *)"hongyuan/bess";
	d.fallback = &safe;
	obey_lapse(&obey, &d);
	ck_assert_int_eq(twin.control.storage_w[0], -500000);
	ck_assert(!obey.pending[KIND_STORAGE][0].waits);
	d.fallback = &cap; /* impossible for storage: it rests */
	obey_lapse(&obey, &d);
	ck_assert_int_eq(twin.control.storage_w[0], 0);
	take("hongyuan/pv1", &cap, 0);
	d.asset = (char *)"hongyuan/pv1";
	d.fallback = NULL;
	obey_lapse(&obey, &d);
	ck_assert_int_eq(twin.control.gen_cap_w[0], TWIN_NO_CAP);
	d.asset = (char *)"hongyuan/unknown";
	obey_lapse(&obey, &d);
}
END_TEST

/* ---- Jobs and journeys ----------------------------------------------------------------------------- */

static const struct job gang = {.id = "a",
				.tier = 2,
				.devices = 100,
				.work_dms = INT64_C(100) * 2 * MS_PER_H,
				.due_ms = 12 * MS_PER_H};

static struct obey_answer order_at(Suandian__V1__JobAction__Verb verb, int64_t cap_w,
				   int64_t from_ms, int64_t until_ms)
{
	Suandian__V1__JobAction job = SUANDIAN__V1__JOB_ACTION__INIT;
	Suandian__V1__Action a = SUANDIAN__V1__ACTION__INIT;
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;

	job.job = (char *)"a";
	job.verb = verb;
	job.cap_w = cap_w;
	a.what_case = SUANDIAN__V1__ACTION__WHAT_JOB;
	a.job = &job;
	d.id = 9;
	d.asset = (char *)"hongyuan/batch";
	d.action = &a;
	d.valid_from_ms = from_ms;
	d.valid_until_ms = until_ms;
	return obey_take(&obey, &d, &now);
}

#define VERB(name) SUANDIAN__V1__JOB_ACTION__VERB__VERB_##name
#define NO_TERM INT64_C(253402300799000)

static int64_t queue_w(void)
{
	struct twin_row row;

	ck_assert_int_eq(twin_step(&twin, &sunny, STEP, &row), 0);
	return row.queue_it_w[0];
}

/* The queue is capped, so that jobs wait for their orders. */
static void come(void)
{
	Suandian__V1__Action cap = action(SUANDIAN__V1__ACTION__WHAT_CAP_W, 2000000);

	ck_assert_int_eq(queue_add_job(&twin.queues[0], &gang, gang.work_dms), 0);
	(void)take("hongyuan/batch", &cap, 0);
	twin.queues[0].by_job = true;
}

START_TEST(a_job_does_what_each_verb_says)
{
	struct obey_answer answer;

	come();
	ck_assert_int_eq(queue_w(), 0);
	answer = order_at(VERB(START), 0, 0, NO_TERM);
	ck_assert_uint_eq(answer.decision_id, 9);
	ck_assert_int_eq(answer.state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(queue_w(), 70000);
	answer = order_at(VERB(CAP), 35000, 0, NO_TERM);
	ck_assert_int_eq(answer.measured_w, 35000);
	ck_assert_int_eq(queue_w(), 35000);
	(void)order_at(VERB(RESUME), 0, 0, NO_TERM);
	ck_assert_int_eq(queue_w(), 70000);
	(void)order_at(VERB(PAUSE), 0, 0, NO_TERM);
	ck_assert_int_eq(queue_w(), 0);
	(void)order_at(VERB(RESUME), 0, 0, NO_TERM);
	ck_assert_int_eq(queue_w(), 70000);
	ck_assert_int_eq(twin.queues[0].arrived_dms,
			 twin.queues[0].done_dms + twin.queues[0].backlog_dms);
}
END_TEST

START_TEST(a_job_that_is_gone_is_no_fault_and_no_verb_is)
{
	ck_assert_int_eq(order_at(VERB(PAUSE), 0, 0, NO_TERM).state,
			 SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	come();
	ck_assert_int_eq(order_at(VERB(UNSPECIFIED), 0, 0, NO_TERM).state,
			 SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED);
}
END_TEST

START_TEST(an_order_for_later_waits_and_there_is_room_for_so_many)
{
	struct obey_answer answer;
	int64_t later = twin.now_ms + STEP;

	come();
	for (int i = 0; i < OBEY_JOBS_WAITING; i++)
		ck_assert_int_eq(order_at(VERB(START), 0, later, NO_TERM).state,
				 SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	ck_assert_int_eq(order_at(VERB(START), 0, later, NO_TERM).state,
			 SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED);
	ck_assert(!obey_due(&obey, &now, &answer));
	ck_assert_int_eq(queue_w(), 0);
	ck_assert(obey_due(&obey, &now, &answer));
	ck_assert_int_eq(answer.state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(queue_w(), 70000);
}
END_TEST

/* Where no client watches over the lease of a pause, the plant does. */
START_TEST(a_pause_ends_with_its_lease)
{
	Suandian__V1__JobAction resume = SUANDIAN__V1__JOB_ACTION__INIT;

	come();
	(void)order_at(VERB(START), 0, 0, NO_TERM);
	ck_assert_int_eq(queue_w(), 70000);
	(void)order_at(VERB(PAUSE), 0, 0, twin.now_ms + 2 * STEP);
	ck_assert_int_eq(queue_w(), 0);
	ck_assert_int_eq(obey_lapse_due(&obey), 0);
	ck_assert_int_eq(queue_w(), 0);
	ck_assert_int_eq(obey_lapse_due(&obey), 1);
	ck_assert_int_eq(queue_w(), 70000);
	ck_assert_int_eq(obey_lapse_due(&obey), 0);
	(void)order_at(VERB(PAUSE), 0, 0, twin.now_ms + STEP);
	resume.job = (char *)"a";
	obey_lapse_job(&obey, 0, &resume);
	ck_assert_int_eq(queue_w(), 70000);
}
END_TEST

static struct obey_journey sent;
static int n_sent;

static const char *send_it(void *arg, const struct obey_journey *j)
{
	sent = *j;
	n_sent++;
	return arg;
}

static struct obey_answer migrate(uint64_t id, const char *job, int64_t work_ds)
{
	Suandian__V1__MigrateAction m = SUANDIAN__V1__MIGRATE_ACTION__INIT;
	Suandian__V1__Action a = SUANDIAN__V1__ACTION__INIT;
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;

	m.job = (char *)job;
	m.to_site = (char *)"liangshan";
	m.to_queue = (char *)"batch";
	m.work_ds = work_ds;
	a.what_case = SUANDIAN__V1__ACTION__WHAT_MIGRATE;
	a.migrate = &m;
	d.id = id;
	d.asset = (char *)"hongyuan/batch";
	d.action = &a;
	d.valid_until_ms = NO_TERM;
	return obey_take(&obey, &d, &now);
}

START_TEST(work_is_sent_once_however_often_it_is_said)
{
	n_sent = 0;
	/* from here no link leads anywhere */
	ck_assert_int_eq(migrate(1, "a", 7).state, SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED);
	obey.send = send_it;
	ck_assert_int_eq(migrate(2, "a", 7).state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(n_sent, 1);
	ck_assert_str_eq(sent.job, "a");
	ck_assert_str_eq(sent.to_site, "liangshan");
	ck_assert_str_eq(sent.to_queue, "batch");
	ck_assert_int_eq(sent.work_dms, 7000);
	ck_assert_int_eq(migrate(2, "a", 7).state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(n_sent, 1);
	ck_assert_int_eq(migrate(3, "", 9).state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(n_sent, 2);
	/* what could not go is tried again when it is said again */
	obey.arg = (void *)"the wire is cut";
	ck_assert_str_eq(migrate(4, "", 9).reason, "the wire is cut");
	obey.arg = NULL;
	ck_assert_int_eq(migrate(4, "", 9).state, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
	ck_assert_int_eq(n_sent, 4);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("obey");
	TCase *tc = tcase_create("obey");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, storage_takes_a_power_and_says_what_it_really_does);
	tcase_add_test(tc, sun_and_queue_take_caps_and_release);
	tcase_add_test(tc, what_cannot_be_done_is_rejected_with_a_reason_and_changes_nothing);
	tcase_add_test(tc, a_decision_waits_for_its_time_and_the_latest_counts);
	tcase_add_test(tc, at_the_end_of_a_lease_the_fallback_holds);
	tcase_add_test(tc, a_job_does_what_each_verb_says);
	tcase_add_test(tc, a_job_that_is_gone_is_no_fault_and_no_verb_is);
	tcase_add_test(tc, an_order_for_later_waits_and_there_is_room_for_so_many);
	tcase_add_test(tc, a_pause_ends_with_its_lease);
	tcase_add_test(tc, work_is_sent_once_however_often_it_is_said);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
