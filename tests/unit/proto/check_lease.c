#include "proto/lease.h"

#include <check.h>

#include "base/err.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct leases leases;

static void setup(void)
{
	leases_init(&leases, 4);
}

static void teardown(void)
{
	leases_fini(&leases);
}

struct given {
	uint64_t id;
	const char *asset;
	int64_t power_w, valid_for_ms, valid_until_ms;
};

static int take_at(int64_t now_ms, struct given g)
{
	Suandian__V1__Action action = SUANDIAN__V1__ACTION__INIT;
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;
	const Suandian__V1__Decision *held = NULL;
	int r;

	action.what_case = SUANDIAN__V1__ACTION__WHAT_POWER_W;
	action.power_w = g.power_w;
	d.id = g.id;
	d.asset = (char *)(g.asset ? g.asset : "s/a");
	d.action = &action;
	d.valid_for_ms = g.valid_for_ms;
	d.valid_until_ms = g.valid_until_ms;
	r = leases_take(&leases, &d, now_ms, &held);
	if (r == LEASE_NEW) {
		ck_assert_ptr_ne(held, &d);
		ck_assert_uint_eq(held->id, g.id);
		ck_assert_int_eq(held->action->power_w, g.power_w);
	} else {
		ck_assert_ptr_null(held);
	}
	return r;
}

/* The id of a lease that ended, 0 if none. */
static uint64_t end_at(int64_t now_ms)
{
	const Suandian__V1__Decision *d = leases_end(&leases, now_ms);

	return d ? d->id : 0;
}

START_TEST(a_lease_ends_once_at_the_end_of_its_term)
{
	ck_assert_int_eq(take_at(1000, (struct given){1, NULL, 5, 100, 9}), LEASE_NEW);
	ck_assert_int_le(leases_next_ms(&leases), 1100);
	ck_assert_uint_eq(end_at(1099), 0);
	ck_assert_uint_eq(end_at(1100), 1);
	ck_assert_uint_eq(end_at(1100), 0);
	ck_assert_uint_eq(end_at(INT64_MAX), 0);
	ck_assert_int_eq(leases_next_ms(&leases), INT64_MAX);
}
END_TEST

START_TEST(the_greater_id_wins_and_the_older_is_stale)
{
	ck_assert_int_eq(take_at(0, (struct given){5, NULL, 1, 100, 100}), LEASE_NEW);
	ck_assert_int_eq(take_at(10, (struct given){4, NULL, 2, 500, 500}), LEASE_STALE);
	ck_assert_int_eq(take_at(20, (struct given){6, NULL, 3, 100, 120}), LEASE_NEW);
	ck_assert_uint_eq(end_at(110), 0);
	ck_assert_uint_eq(end_at(120), 6);
	/* also after the newer has lapsed */
	ck_assert_int_eq(take_at(130, (struct given){5, NULL, 1, 100, 100}), LEASE_STALE);
}
END_TEST

START_TEST(a_frame_delivered_twice_never_prolongs_a_lease)
{
	struct given g = {1, NULL, 5, 100, 1100};

	ck_assert_int_eq(take_at(1000, g), LEASE_NEW);
	ck_assert_int_eq(take_at(1050, g), LEASE_SAME);
	ck_assert_uint_eq(end_at(1099), 0);
	ck_assert_uint_eq(end_at(1100), 1);
	ck_assert_int_eq(take_at(1101, g), LEASE_SAME);
	ck_assert_uint_eq(end_at(INT64_MAX), 0);
}
END_TEST

START_TEST(the_same_id_with_a_later_end_renews_without_applying_again)
{
	ck_assert_int_eq(take_at(1000, (struct given){1, NULL, 5, 100, 1100}), LEASE_NEW);
	ck_assert_int_eq(take_at(1050, (struct given){1, NULL, 5, 150, 1200}), LEASE_SAME);
	ck_assert_uint_eq(end_at(1199), 0);
	/* the one before is older */
	ck_assert_int_eq(take_at(1100, (struct given){1, NULL, 5, 100, 1100}), LEASE_STALE);
	ck_assert_uint_eq(end_at(1200), 1);
	/* renewed after its fallback was applied: to be applied again */
	ck_assert_int_eq(take_at(1300, (struct given){1, NULL, 5, 100, 1400}), LEASE_NEW);
	ck_assert_uint_eq(end_at(1400), 1);
}
END_TEST

START_TEST(the_same_id_with_another_action_is_a_refreshed_set_point)
{
	ck_assert_int_eq(take_at(0, (struct given){1, NULL, 5, 100, 100}), LEASE_NEW);
	ck_assert_int_eq(take_at(10, (struct given){1, NULL, 6, 90, 100}), LEASE_NEW);
	ck_assert_uint_eq(end_at(99), 0);
	ck_assert_uint_eq(end_at(100), 1);
}
END_TEST

START_TEST(a_term_that_is_over_is_not_applied_but_its_fallback_is)
{
	ck_assert_int_eq(take_at(1000, (struct given){1, NULL, 5, 0, 900}), LEASE_SAME);
	ck_assert_uint_eq(end_at(1000), 1);
	ck_assert_int_eq(take_at(1000, (struct given){2, NULL, 5, -50, 950}), LEASE_SAME);
	ck_assert_uint_eq(end_at(1000), 2);
}
END_TEST

START_TEST(a_term_beyond_the_scale_never_ends)
{
	ck_assert_int_eq(take_at(1000, (struct given){1, NULL, 5, INT64_MAX, 900}), LEASE_NEW);
	ck_assert_uint_eq(end_at(INT64_MAX - 1), 0);
}
END_TEST

START_TEST(assets_are_apart_and_their_number_is_bounded)
{
	char name[8] = "s/0";

	for (int i = 0; i < 4; i++) {
		name[2] = (char)('0' + i);
		ck_assert_int_eq(
			take_at(0, (struct given){(uint64_t)(10 - i), name, 5, 100 - i, 1}),
			LEASE_NEW);
	}
	ck_assert_uint_eq(leases_first_id(&leases), 7);
	ck_assert_int_eq(take_at(0, (struct given){99, "s/4", 5, 100, 1}), ERR_FULL);
	/* one that is held may still be replaced */
	ck_assert_int_eq(take_at(0, (struct given){99, "s/0", 5, 50, 1}), LEASE_NEW);
	ck_assert_uint_eq(end_at(49), 0);
	ck_assert_uint_eq(end_at(99), 99);
	ck_assert_uint_eq(end_at(99), 9);
	ck_assert_uint_eq(end_at(99), 8);
	ck_assert_uint_eq(end_at(99), 7);
	ck_assert_uint_eq(end_at(99), 0);
	/* lapsed ones count: what comes after them is still to be asked for */
	ck_assert_uint_eq(leases_first_id(&leases), 7);
}
END_TEST

START_TEST(a_change_of_clock_moves_all_ends)
{
	int64_t end_ms = 0;

	ck_assert_int_eq(take_at(1000, (struct given){1, "s/a", 5, 100, 1}), LEASE_NEW);
	ck_assert_int_eq(take_at(1000, (struct given){2, "s/b", 5, INT64_MAX, 1}), LEASE_NEW);
	leases_shift(&leases, 500000);
	ck_assert_uint_eq(end_at(501099), 0);
	ck_assert_uint_eq(end_at(501100), 1);
	leases_shift(&leases, -501000);
	ck_assert_uint_eq(leases_peek(&leases, "s/b", &end_ms)->id, 2);
	ck_assert_int_gt(end_ms, INT64_MAX / 2);
	ck_assert_uint_eq(leases_peek(&leases, "s/a", &end_ms)->id, 1);
	ck_assert_int_eq(end_ms, INT64_MIN);
	ck_assert_ptr_null(leases_peek(&leases, "s/c", &end_ms));
}
END_TEST

/* Against a table of what the rules say. */
START_TEST(any_deliveries_leave_the_latest_and_end_each_lease_once)
{
	static const char *const names[] = {"s/a", "s/b", "s/c"};
	struct {
		uint64_t id;
		int64_t until_ms, end_ms;
		bool lapsed;
	} want[3] = {{0}};
	struct rng r;
	int64_t now_ms = 0;

	rng_init(&r, rng_seed(0x1ea5e));
	for (int i = 0; i < 20000; i++) {
		size_t k = rng_below(&r, 3);
		now_ms += rng_range(&r, 0, 20);
		for (uint64_t id; (id = end_at(now_ms));) {
			bool found = false;
			for (size_t j = 0; j < 3; j++) {
				if (want[j].id != id || want[j].lapsed || want[j].end_ms > now_ms)
					continue;
				want[j].lapsed = found = true;
				break;
			}
			ck_assert_msg(found, "%llu ended at %lld", (unsigned long long)id,
				      (long long)now_ms);
		}
		for (size_t j = 0; j < 3; j++)
			ck_assert(!want[j].id || want[j].lapsed || want[j].end_ms > now_ms);
		int64_t until_ms = now_ms + rng_range(&r, 1, 200);
		uint64_t id = want[k].id + rng_below(&r, 3) - (want[k].id > 0);
		id = id ? id : 1;
		int got = take_at(now_ms,
				  (struct given){id, names[k], 5, until_ms - now_ms, until_ms});
		if (id < want[k].id || (id == want[k].id && until_ms < want[k].until_ms)) {
			ck_assert_int_eq(got, LEASE_STALE);
		} else if (id == want[k].id && until_ms == want[k].until_ms) {
			ck_assert_int_eq(got, LEASE_SAME);
		} else {
			bool renewal = id == want[k].id && !want[k].lapsed;
			ck_assert_int_eq(got, renewal ? LEASE_SAME : LEASE_NEW);
			want[k].id = id;
			want[k].until_ms = want[k].end_ms = until_ms;
			want[k].lapsed = false;
		}
	}
}
END_TEST

static int take_job(uint64_t id, const char *job, int verb, int64_t valid_for_ms)
{
	Suandian__V1__JobAction what = SUANDIAN__V1__JOB_ACTION__INIT;
	Suandian__V1__Action action = SUANDIAN__V1__ACTION__INIT;
	Suandian__V1__Decision d = SUANDIAN__V1__DECISION__INIT;
	const Suandian__V1__Decision *held = NULL;

	what.verb = (Suandian__V1__JobAction__Verb)verb;
	what.job = (char *)job;
	action.what_case = SUANDIAN__V1__ACTION__WHAT_JOB;
	action.job = &what;
	d.id = id;
	d.asset = (char *)"s/a";
	d.action = &action;
	d.valid_for_ms = d.valid_until_ms = valid_for_ms;
	return leases_take(&leases, &d, 0, &held);
}

#define START SUANDIAN__V1__JOB_ACTION__VERB__VERB_START
#define PAUSE SUANDIAN__V1__JOB_ACTION__VERB__VERB_PAUSE

START_TEST(a_job_has_a_lease_beside_its_queue_s)
{
	int64_t end_ms;

	ck_assert_int_eq(take_at(0, (struct given){1, NULL, 5, 100, 100}), LEASE_NEW);
	ck_assert_int_eq(take_job(2, "j1", PAUSE, 50), LEASE_NEW);
	ck_assert_int_eq(take_job(3, "j2", PAUSE, 60), LEASE_NEW);
	ck_assert_uint_eq(leases_peek(&leases, "s/a", &end_ms)->id, 1);
	ck_assert_int_eq(take_job(4, "j1", START, 0), LEASE_NEW);
	ck_assert_int_eq(take_job(2, "j1", PAUSE, 50), LEASE_STALE);
	ck_assert_int_eq(take_job(4, "j1", START, 0), LEASE_SAME);
	ck_assert_uint_eq(end_at(60), 3);
	ck_assert_uint_eq(end_at(99), 0);
	ck_assert_uint_eq(end_at(INT64_MAX), 1);
	ck_assert_uint_eq(end_at(INT64_MAX), 0);
}
END_TEST

START_TEST(what_binds_nobody_any_more_makes_room_oldest_first)
{
	ck_assert_int_eq(take_at(0, (struct given){1, NULL, 5, 100, 100}), LEASE_NEW);
	ck_assert_int_eq(take_job(2, "j1", PAUSE, 50), LEASE_NEW);
	ck_assert_int_eq(take_job(3, "j2", START, 0), LEASE_NEW);
	ck_assert_int_eq(take_job(4, "j3", START, 0), LEASE_NEW);
	ck_assert_int_eq(take_job(5, "j4", PAUSE, 50), LEASE_NEW);
	ck_assert_int_eq(take_job(6, "j5", PAUSE, 50), LEASE_NEW);
	ck_assert_int_eq(take_job(7, "j6", PAUSE, 50), ERR_FULL);
	/* what was forgotten comes as new: applying it again is harmless */
	ck_assert_uint_eq(end_at(50), 2);
	ck_assert_int_eq(take_job(8, "j7", PAUSE, 50), LEASE_NEW);
	ck_assert_uint_eq(leases_first_id(&leases), 1);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error_and_keeps_what_was_held)
{
	ck_assert_int_eq(take_at(0, (struct given){1, NULL, 5, 100, 100}), LEASE_NEW);
	for (long k = 1;; k++) {
		int64_t end_ms;
		int r;

		heap_fail_at(k);
		r = take_at(0, (struct given){2, NULL, 6, 100, 100});
		if (!heap_stop()) {
			ck_assert_int_eq(r, LEASE_NEW);
			break;
		}
		/* protobuf-c's own allocations are not ours to fail */
		if (r == LEASE_NEW)
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_uint_eq(leases_peek(&leases, "s/a", &end_ms)->id, 1);
		ck_assert_int_eq(end_ms, 100);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lease");
	TCase *t = tcase_create("lease");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_lease_ends_once_at_the_end_of_its_term);
	tcase_add_test(t, a_job_has_a_lease_beside_its_queue_s);
	tcase_add_test(t, what_binds_nobody_any_more_makes_room_oldest_first);
	tcase_add_test(t, the_greater_id_wins_and_the_older_is_stale);
	tcase_add_test(t, a_frame_delivered_twice_never_prolongs_a_lease);
	tcase_add_test(t, the_same_id_with_a_later_end_renews_without_applying_again);
	tcase_add_test(t, the_same_id_with_another_action_is_a_refreshed_set_point);
	tcase_add_test(t, a_term_that_is_over_is_not_applied_but_its_fallback_is);
	tcase_add_test(t, a_term_beyond_the_scale_never_ends);
	tcase_add_test(t, assets_are_apart_and_their_number_is_bounded);
	tcase_add_test(t, a_change_of_clock_moves_all_ends);
	tcase_add_test(t, any_deliveries_leave_the_latest_and_end_each_lease_once);
	tcase_add_test(t, memory_that_runs_out_is_an_error_and_keeps_what_was_held);
	suite_add_tcase(s, t);
	return run_suite(s);
}
