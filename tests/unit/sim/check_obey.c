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
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
