#include "model/event.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/require.h"
#include "base/slot.h"
#include "testlib/rng.h"
#include "testlib/run.h"

/* 2025-07-14T21:00+08:00 */
#define NINE INT64_C(1752498000000)

static struct event e;

static void setup(void)
{
	e = (struct event){
		.direction = DIRECTION_UP,
		.target = TARGET_REDUCTION,
		.target_w = 1000000,
		.start_ms = NINE,
		.end_ms = NINE + 75 * MS_PER_MIN,
		.ramp_ms = 15 * MS_PER_MIN,
	};
}

/* -- slots -- */

START_TEST(the_event_of_the_demo_has_its_ramp_and_five_full_slots)
{
	memset(e.slots, 0x5a, sizeof(e.slots));
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	ck_assert_int_eq(e.n_slots, 6);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(e.slots[i].start_ms, NINE + (i - 1) * SLOT_MS);
		ck_assert_int_eq(e.slots[i].target_w, i == 0 ? 500000 : 1000000);
		ck_assert_int_eq(e.slots[i].ramp, i == 0);
		ck_assert_int_eq(e.slots[i].quality, QUALITY_MISSING);
		ck_assert(e.slots[i].baseline_w == 0 && e.slots[i].planned_w == 0 &&
			  e.slots[i].metered_w == 0);
	}
}
END_TEST

START_TEST(without_a_ramp_slots_that_are_cut_have_their_share)
{
	e.ramp_ms = 0;
	e.start_ms = NINE + 5 * MS_PER_MIN;
	e.end_ms = NINE + 33 * MS_PER_MIN;
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	ck_assert_int_eq(e.n_slots, 3);
	ck_assert_int_eq(e.slots[0].target_w, 666667);
	ck_assert(e.slots[0].ramp);
	ck_assert_int_eq(e.slots[1].target_w, 1000000);
	ck_assert_int_eq(e.slots[2].target_w, 200000);
}
END_TEST

START_TEST(a_cap_has_slots_without_a_target)
{
	e.target = TARGET_PCC_CAP;
	e.target_w = -5000;
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	ck_assert_int_eq(e.n_slots, 6);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(e.slots[i].target_w, 0);
	e.target = TARGET_NULL;
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	ck_assert_int_eq(e.n_slots, 6);
}
END_TEST

START_TEST(an_open_end_is_cut)
{
	e.end_ms = EVENT_OPEN_END;
	ck_assert_int_eq(event_make_slots(&e, NINE + 2 * MS_PER_H), 0);
	ck_assert_int_eq(e.n_slots, 9);
	ck_assert_int_eq(e.slots[8].target_w, 1000000);
	ck_assert_int_eq(event_make_slots(&e, NINE), ERR_INVALID);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused_and_changes_nothing)
{
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	struct event before = e;

	e.end_ms = e.start_ms;
	ck_assert_int_eq(event_make_slots(&e, 0), ERR_INVALID);
	e.end_ms = e.start_ms - 1;
	ck_assert_int_eq(event_make_slots(&e, 0), ERR_INVALID);
	e.end_ms = before.end_ms;
	e.ramp_ms = -1;
	ck_assert_int_eq(event_make_slots(&e, 0), ERR_INVALID);
	e.ramp_ms = before.ramp_ms;
	e.target_w = -1;
	ck_assert_int_eq(event_make_slots(&e, 0), ERR_INVALID);
	e.target_w = before.target_w;
	e.end_ms = NINE + 2 * MS_PER_DAY;
	ck_assert_int_eq(event_make_slots(&e, 0), ERR_FULL);
	e.end_ms = NINE + 2 * MS_PER_DAY - SLOT_MS;
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	ck_assert_int_eq(e.n_slots, EVENT_MAX_SLOTS);
	e.end_ms = before.end_ms;
	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	ck_assert_mem_eq(e.slots, before.slots, sizeof(e.slots));
}
END_TEST

START_TEST(times_at_the_ends_of_the_scale_are_refused)
{
	static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		for (size_t k = 0; k < ARRAY_SIZE(ends); k++)
			for (size_t j = 0; j < ARRAY_SIZE(ends); j++) {
				e.start_ms = ends[i];
				e.end_ms = ends[k];
				e.ramp_ms = ends[j];
				int r = event_make_slots(&e, NINE);
				bool fits = ends[j] == 0 && ends[i] == -1 && ends[k] == 0;
				ck_assert_msg(fits ? r == 0 : r < 0, "%zu %zu %zu: %d", i, k, j, r);
			}
}
END_TEST

/* The trapezoid at t, in W. */
static double height(int64_t t)
{
	if (t >= e.end_ms || t < e.start_ms - e.ramp_ms)
		return 0;
	if (t >= e.start_ms)
		return (double)e.target_w;
	return (double)e.target_w * ((double)(t - e.start_ms + e.ramp_ms) + 0.5) /
	       (double)e.ramp_ms;
}

/* Slot means by adding up what the trapezoid is in each second. */
static double slot_mean(int64_t start_ms)
{
	double sum = 0;

	for (int64_t t = start_ms; t < start_ms + SLOT_MS; t += 1000)
		for (int k = 0; k < 1000; k += 50)
			sum += height(t + k);
	return sum / (SLOT_MS / 50.0);
}

START_TEST(slot_means_are_those_of_the_trapezoid_and_sum_up_to_its_area)
{
	struct rng r;

	rng_init(&r, rng_seed(0x7a9));
	for (int i = 0; i < 40; i++) {
		int64_t sum = 0;

		e.target_w = rng_range(&r, 0, 20000000);
		e.start_ms = NINE + rng_range(&r, -1000, 1000) * 1000;
		e.end_ms = e.start_ms + rng_range(&r, 1, 7200) * 1000;
		e.ramp_ms = rng_range(&r, 0, 3600) * 1000;
		ck_assert_int_eq(event_make_slots(&e, 0), 0);
		for (int k = 0; k < e.n_slots; k++) {
			const struct event_slot *s = &e.slots[k];
			ck_assert_double_eq_tol((double)s->target_w, slot_mean(s->start_ms),
						1.0 + (double)e.target_w * 1e-4);
			ck_assert_int_eq(s->ramp, s->start_ms < e.start_ms);
			sum += s->target_w;
		}
		/* the area in W·slots, to half a watt */
		double area = (double)e.target_w *
			      ((double)(e.end_ms - e.start_ms) + (double)e.ramp_ms / 2) / SLOT_MS;
		ck_assert_double_eq_tol((double)sum, area, 0.501);
	}
}
END_TEST

/* -- the frozen baseline -- */

START_TEST(the_baselines_hash_is_over_starts_and_watts_alone)
{
	char first[65];

	ck_assert_int_eq(event_make_slots(&e, 0), 0);
	e.n_slots = 2;
	e.slots[0].start_ms = 0x0102030405060708;
	e.slots[0].baseline_w = -1;
	e.slots[1].start_ms = 1;
	e.slots[1].baseline_w = 256;
	event_hash_baseline(&e);
	/* printf '0102030405060708ffffffffffffffff00000000000000010000000000000100' | xxd -r -p |
	 * sha256sum */
	ck_assert_str_eq(e.baseline_hash,
			 "1a022523220181507926ad3284f961f3ddfd03c83e8334684b5d6e6db9221d62");
	memcpy(first, e.baseline_hash, sizeof(first));
	e.slots[0].metered_w = 5;
	e.slots[1].planned_w = 6;
	e.slots[2].baseline_w = 7;
	event_hash_baseline(&e);
	ck_assert_str_eq(e.baseline_hash, first);
	e.slots[1].baseline_w = 257;
	event_hash_baseline(&e);
	ck_assert_str_ne(e.baseline_hash, first);
	e.n_slots = 0;
	event_hash_baseline(&e);
	ck_assert_str_eq(e.baseline_hash,
			 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

/* -- the life -- */

#define DROPS (SM_BIT(EVENT_CANCELLED) | SM_BIT(EVENT_SUPERSEDED))

static const uint32_t moves[] = {
	[EVENT_NONE] = SM_BIT(EVENT_ISSUED),
	[EVENT_ISSUED] = SM_BIT(EVENT_ACCEPTED) | SM_BIT(EVENT_REJECTED) | DROPS,
	[EVENT_ACCEPTED] = SM_BIT(EVENT_ARMED) | DROPS,
	[EVENT_REJECTED] = 0,
	[EVENT_ARMED] = SM_BIT(EVENT_ACTIVE) | DROPS,
	[EVENT_ACTIVE] = SM_BIT(EVENT_COMPLETED) | DROPS,
	[EVENT_COMPLETED] = 0,
	[EVENT_CANCELLED] = 0,
	[EVENT_SUPERSEDED] = 0,
};

START_TEST(exactly_the_moves_of_the_graph_are_allowed)
{
	for (int from = EVENT_NONE; from <= EVENT_SUPERSEDED; from++) {
		for (int to = EVENT_NONE; to <= EVENT_SUPERSEDED; to++)
			ck_assert_msg(sm_allowed(&event_sm, from, to) ==
					      ((moves[from] & SM_BIT(to)) != 0),
				      "%s -> %s", event_phase_name(from), event_phase_name(to));
		ck_assert_int_eq(event_sm.states[from].final, moves[from] == 0);
		e.phase = from;
		ck_assert_int_eq(event_is_live(&e), from == EVENT_ACCEPTED || from == EVENT_ARMED ||
							    from == EVENT_ACTIVE);
	}
	ck_assert_str_eq(event_phase_name(EVENT_ARMED), "armed");
	ck_assert_str_eq(event_phase_name(99), "?");
}
END_TEST

static void drop_line(enum log_level level, const char *line, void *arg)
{
	(void)level;
	(void)line;
	(void)arg;
}

START_TEST(an_event_that_cannot_be_is_noticed_when_accepted)
{
	log_set_sink(drop_line, NULL);
	e.end_ms = e.start_ms;
	sm_move(&event_sm, &e.phase, EVENT_ISSUED, &e);
	ck_assert_uint_eq(require_failed_count(), 0);
	sm_move(&event_sm, &e.phase, EVENT_ACCEPTED, &e);
	ck_assert_uint_eq(require_failed_count(), 1);
	/* a refused one may be as wrong as it likes */
	e.phase = EVENT_ISSUED;
	sm_move(&event_sm, &e.phase, EVENT_REJECTED, &e);
	ck_assert_uint_eq(require_failed_count(), 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_set_timeout(t, 20);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, the_event_of_the_demo_has_its_ramp_and_five_full_slots);
	tcase_add_test(t, without_a_ramp_slots_that_are_cut_have_their_share);
	tcase_add_test(t, a_cap_has_slots_without_a_target);
	tcase_add_test(t, an_open_end_is_cut);
	tcase_add_test(t, what_makes_no_sense_is_refused_and_changes_nothing);
	tcase_add_test(t, times_at_the_ends_of_the_scale_are_refused);
	tcase_add_test(t, slot_means_are_those_of_the_trapezoid_and_sum_up_to_its_area);
	tcase_add_test(t, the_baselines_hash_is_over_starts_and_watts_alone);
	tcase_add_test(t, exactly_the_moves_of_the_graph_are_allowed);
	tcase_add_test(t, an_event_that_cannot_be_is_noticed_when_accepted);
	suite_add_tcase(s, t);
	return run_suite(s);
}
