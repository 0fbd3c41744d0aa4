#include "dispatch/disaggregate.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch/outlook.h"
#include "dispatch/pace.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define N_MAX 64
#define SLOTS_MAX 64
#define T0 (INT64_C(1752480000000))

/* A queue with its jobs, and what the plan gives it. */
struct world {
	struct queue q;
	int n;
	struct compute_job job[N_MAX];
	int64_t left_dms[N_MAX];
	int64_t late_ms[N_MAX]; /* of the end, > 0 = late; INT64_MAX = not done */
	uint32_t n_slots;
	struct dispatch_slot slot[SLOTS_MAX];
	int64_t dwell_ms;
};

static struct arena arena;
static struct world w;
static struct dispatch_task tasks[N_MAX];
static struct dispatch_result result;

static void setup(void)
{
	arena_init(&arena, (size_t)64 << 20);
	memset(&w, 0, sizeof(w));
	w.q = (struct queue){.id = "batch", .devices = 100, .device_power_w = 1000};
}

static void teardown(void)
{
	arena_fini(&arena);
}

static struct compute_job *add(int64_t devices, int64_t work_s, int64_t deadline_min)
{
	struct compute_job *j = &w.job[w.n];

	*j = (struct compute_job){
		.number = (uint64_t)w.n + 1,
		.tier = FLEX_F2,
		.devices = devices,
		.min_devices = devices,
		.work_ds = devices * work_s,
		.arrival_ms = T0 - MS_PER_H,
		.deadline_ms = T0 + deadline_min * MS_PER_MIN,
		.preemptible = true,
		.migratable = true,
		.state = JOB_PENDING,
		.counted_ms = T0,
	};
	w.left_dms[w.n++] = j->work_ds * MS_PER_S;
	return j;
}

static void run_since(struct compute_job *j, int64_t min)
{
	j->state = JOB_RUNNING;
	j->started_ms = T0 - min * MS_PER_MIN;
}

static void slots(uint32_t n, int64_t power_w)
{
	w.n_slots = n;
	for (uint32_t i = 0; i < n; i++)
		w.slot[i] = (struct dispatch_slot){
			.start_ms = T0 + i * SLOT_MS, .duration_ms = SLOT_MS, .power_w = power_w};
}

static struct dispatch_queue queue_at(uint32_t slot)
{
	return (struct dispatch_queue){.queue = &w.q,
				       .now_ms = w.slot[slot].start_ms,
				       .n_slots = w.n_slots - slot,
				       .slots = &w.slot[slot],
				       .dwell_ms = w.dwell_ms};
}

static void go(uint32_t slot)
{
	struct dispatch_queue q = queue_at(slot);

	for (int i = 0; i < w.n; i++)
		tasks[i] = (struct dispatch_task){.job = &w.job[i],
						  .left_ds = w.left_dms[i] / MS_PER_S};
	arena_reset(&arena);
	ck_assert_int_eq(disaggregate(&q, tasks, (size_t)w.n, &arena, &result), 0);
}

static int64_t share_ppm(const struct compute_job *j, int64_t power_w)
{
	return pace_work_ppm(&w.q, power_w * PPM / pace_full_w(&w.q, j));
}

/* The job draws so much in the slot. */
static void work(int i, const struct dispatch_slot *s, int64_t power_w)
{
	struct compute_job *j = &w.job[i];
	int64_t rate = j->devices * share_ppm(j, power_w);

	if (w.left_dms[i] <= rate * s->duration_ms / PPM) {
		int64_t end = s->start_ms + (w.left_dms[i] * PPM + rate - 1) / rate;

		w.late_ms[i] = end - j->deadline_ms;
		w.left_dms[i] = 0;
		j->state = JOB_DONE;
		return;
	}
	w.left_dms[i] -= rate * s->duration_ms / PPM;
}

/* What the tasks say happens. */
static void obey(uint32_t slot)
{
	const struct dispatch_slot *s = &w.slot[slot];

	for (int i = 0; i < w.n; i++) {
		struct compute_job *j = &w.job[i];
		bool runs = tasks[i].want == WANT_RUN || tasks[i].want == WANT_CAP;

		if (runs && j->state != JOB_RUNNING)
			j->started_ms = s->start_ms;
		if (runs)
			j->state = JOB_RUNNING;
		else if (tasks[i].want == WANT_STOP)
			j->state = JOB_PAUSED;
		if (runs)
			work(i, s, tasks[i].power_w);
	}
}

static int n_late(void)
{
	int n = 0;

	for (int i = 0; i < w.n; i++)
		n += w.left_dms[i] > 0 || w.late_ms[i] > 0;
	return n;
}

static int by_deadline(const void *pa, const void *pb)
{
	const struct compute_job *a = &w.job[*(const int *)pa], *b = &w.job[*(const int *)pb];

	if (a->deadline_ms != b->deadline_ms)
		return a->deadline_ms < b->deadline_ms ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

/* Perfect information, earliest deadline first, the same power: the plainest that can be written. */
static int late_by_edf(void)
{
	static struct world kept;
	int order[N_MAX], late;

	kept = w;
	for (int i = 0; i < w.n; i++)
		order[i] = i;
	qsort(order, (size_t)w.n, sizeof(*order), by_deadline);
	for (uint32_t s = 0; s < w.n_slots; s++) {
		int64_t left_w = w.slot[s].power_w;

		for (int k = 0; k < w.n; k++) {
			int i = order[k];
			int64_t full = pace_full_w(&w.q, &w.job[i]);
			int64_t least = pace_least_w(&w.q, &w.job[i]);
			int64_t power = full <= left_w ? full : least <= left_w ? left_w : 0;

			if (w.left_dms[i] == 0 || job_ready_ms(&w.job[i]) > w.slot[s].start_ms ||
			    power == 0)
				continue;
			left_w -= power;
			work(i, &w.slot[s], power);
		}
	}
	late = n_late();
	w = kept;
	return late;
}

static void random_world(struct rng *r, bool easy)
{
	w.n = 0;
	memset(w.late_ms, 0, sizeof(w.late_ms));
	slots(SLOTS_MAX, 0);
	for (uint32_t s = 0; s < w.n_slots; s++)
		w.slot[s].power_w = rng_range(r, 0, 40) * 1000;
	w.q.n_segments = easy ? 0 : (int)rng_below(r, 2);
	w.q.segment_power_ppm[0] = w.q.segment_work_ppm[0] = PPM;
	for (int n = (int)rng_range(r, 1, 24); n > 0; n--) {
		struct compute_job *j = add(rng_range(r, 1, 12), rng_range(r, 60, 12000),
					    rng_range(r, 60, 15 * SLOTS_MAX));

		j->tier = (enum flex_tier)rng_range(r, FLEX_F1, FLEX_F3);
		j->min_devices = rng_below(r, 2) ? j->devices : rng_range(r, 1, j->devices);
		j->earliest_start_ms = T0 + rng_range(r, -60, 300) * MS_PER_MIN;
		j->checkpoint_period_ms = rng_below(r, 2) ? 0 : rng_range(r, 1, 120) * MS_PER_MIN;
	}
}

START_TEST(nobody_is_late_that_deadlines_alone_would_have_in_time)
{
	int met = 0, kept_running = 0;
	struct rng r;

	rng_init(&r, rng_seed(1));
	for (int round = 0; round < 1500; round++) {
		random_world(&r, true);
		w.dwell_ms = (int64_t)rng_below(&r, 3) * 20 * MS_PER_MIN;
		if (late_by_edf() > 0)
			continue;
		met++;
		for (uint32_t s = 0; s < w.n_slots; s++) {
			go(s);
			ck_assert_uint_eq(result.n_late, 0);
			kept_running += !result.reshuffled;
			obey(s);
		}
		ck_assert_int_eq(n_late(), 0);
	}
	ck_assert_int_gt(met, 200);
	ck_assert_int_gt(kept_running, 1000);
}
END_TEST

START_TEST(the_sum_is_within_the_smallest_job_of_the_target)
{
	struct rng r;
	int waited = 0;

	rng_init(&r, rng_seed(2));
	for (int round = 0; round < 300; round++) {
		random_world(&r, false);
		w.dwell_ms = 0;
		for (uint32_t s = 0; s < w.n_slots; s++) {
			int64_t least = INT64_MAX;

			go(s);
			ck_assert_int_le(result.power_w, result.target_w);
			for (int i = 0; i < w.n; i++) {
				bool waits = tasks[i].left_ds > 0 && tasks[i].power_w == 0 &&
					     job_ready_ms(&w.job[i]) <= w.slot[s].start_ms;

				if (waits)
					least = min_i64(least, pace_least_w(&w.q, &w.job[i]));
			}
			waited += least < INT64_MAX;
			if (least < INT64_MAX)
				ck_assert_int_lt(result.target_w - result.power_w, least);
			obey(s);
		}
	}
	ck_assert_int_gt(waited, 1000);
}
END_TEST

static void check_bearable(int i, const struct dispatch_slot *slot)
{
	const struct compute_job *j = &w.job[i];

	if (tasks[i].want != WANT_RUN && tasks[i].want != WANT_CAP) {
		ck_assert_int_eq(tasks[i].power_w, 0);
		ck_assert(job_may_pause(j) || j->state != JOB_RUNNING);
		return;
	}
	ck_assert_int_ge(tasks[i].power_w, pace_least_w(&w.q, j));
	ck_assert_int_le(tasks[i].power_w, pace_full_w(&w.q, j));
	ck_assert(j->tier != FLEX_F0 || tasks[i].want == WANT_RUN);
	ck_assert_int_le(job_ready_ms(j), slot->start_ms);
}

START_TEST(no_job_runs_below_what_it_bears)
{
	struct rng r;

	rng_init(&r, rng_seed(3));
	for (int round = 0; round < 300; round++) {
		random_world(&r, false);
		for (int i = 0; i < w.n; i++) {
			w.job[i].preemptible = rng_below(&r, 2);
			w.job[i].tier = (enum flex_tier)rng_below(&r, 4);
		}
		for (uint32_t s = 0; s < w.n_slots; s++) {
			go(s);
			for (int i = 0; i < w.n; i++)
				check_bearable(i, &w.slot[s]);
			obey(s);
		}
	}
}
END_TEST

START_TEST(the_order_of_the_tasks_does_not_matter)
{
	struct dispatch_task mixed[N_MAX];
	struct dispatch_result again;
	struct rng r;

	rng_init(&r, rng_seed(4));
	for (int round = 0; round < 300; round++) {
		random_world(&r, false);
		w.dwell_ms = 30 * MS_PER_MIN;
		for (int i = 0; i < w.n; i++)
			if (rng_below(&r, 3) == 0)
				run_since(&w.job[i], (int64_t)rng_below(&r, 90));
		go(0);
		struct dispatch_queue q = queue_at(0);
		for (int i = 0; i < w.n; i++)
			mixed[i] = (struct dispatch_task){.job = tasks[i].job,
							  .left_ds = tasks[i].left_ds};
		for (int i = w.n - 1; i > 0; i--) {
			int k = (int)rng_below(&r, (uint64_t)i + 1);
			struct dispatch_task x = mixed[i];

			mixed[i] = mixed[k];
			mixed[k] = x;
		}
		ck_assert_int_eq(disaggregate(&q, mixed, (size_t)w.n, &arena, &again), 0);
		ck_assert_int_eq(again.power_w, result.power_w);
		ck_assert_int_eq(again.off_wh, result.off_wh);
		ck_assert_int_eq(again.lost_ds, result.lost_ds);
		ck_assert_uint_eq(again.n_late, result.n_late);
		ck_assert_int_eq(again.late_ds, result.late_ds);
		ck_assert_int_eq(again.reshuffled, result.reshuffled);
		for (int i = 0; i < w.n; i++) {
			const struct dispatch_task *t = &tasks[mixed[i].job->number - 1];

			ck_assert_int_eq(mixed[i].want, t->want);
			ck_assert_int_eq(mixed[i].power_w, t->power_w);
			ck_assert_int_eq(mixed[i].at_ms, t->at_ms);
		}
	}
}
END_TEST

START_TEST(what_runs_is_kept_while_nobody_is_late_by_it)
{
	run_since(add(10, 7200, 900), 60);
	add(10, 3600, 600); /* earlier, but in no hurry */
	slots(60, 10000);
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
	ck_assert_int_eq(tasks[1].want, WANT_WAIT);
	ck_assert(!result.reshuffled);
	/* in a hurry */
	w.job[1].deadline_ms = T0 + 70 * MS_PER_MIN;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_STOP);
	ck_assert_int_eq(tasks[1].want, WANT_RUN);
	ck_assert_uint_eq(result.n_late, 0);
}
END_TEST

START_TEST(dwell_protects_from_the_plan_but_not_from_a_limit)
{
	run_since(add(10, 7200, 900), 10);
	w.job[0].tier = FLEX_F1;
	slots(60, 10000);
	w.slot[0].power_w = 0;
	w.dwell_ms = 30 * MS_PER_MIN;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
	ck_assert_int_eq(result.off_wh, 2500);
	w.slot[0].hard = true;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_STOP);
	ck_assert_int_eq(result.off_wh, 0);
	w.slot[0].hard = false;
	w.job[0].started_ms = T0 - 30 * MS_PER_MIN;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_STOP);
	/* so does an order to start that stands */
	w.job[0].state = JOB_PENDING;
	w.job[0].committed = true;
	w.job[0].started_ms = T0 - 5 * MS_PER_MIN;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
}
END_TEST

START_TEST(a_stop_waits_for_a_checkpoint_that_is_near)
{
	struct compute_job *j = add(10, 7200, 900);

	run_since(j, 56);
	j->checkpoint_period_ms = MS_PER_H;
	j->checkpoint_cost_ms = 30 * MS_PER_S;
	slots(60, 10000);
	w.slot[0].power_w = 0;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_STOP);
	ck_assert_int_eq(tasks[0].at_ms, T0 + 4 * MS_PER_MIN + 30 * MS_PER_S);
	ck_assert_int_eq(tasks[0].lost_ds, 0);
	ck_assert_int_eq(result.off_wh, 750); /* 10 kW for 4.5 minutes */
	/* too far: what was done since the last one is lost */
	j->started_ms = T0 - 30 * MS_PER_MIN;
	go(0);
	ck_assert_int_eq(tasks[0].at_ms, T0);
	ck_assert_int_eq(tasks[0].lost_ds, 10 * 1800);
	ck_assert_int_eq(result.lost_ds, 10 * 1800);
	/* a limit does not wait */
	j->started_ms = T0 - 56 * MS_PER_MIN;
	w.slot[0].hard = true;
	go(0);
	ck_assert_int_eq(tasks[0].at_ms, T0);
}
END_TEST

START_TEST(who_would_lose_least_is_stopped)
{
	for (int i = 0; i < 3; i++) {
		struct compute_job *j = add(10, 7200, 900);

		run_since(j, 90);
		j->checkpoint_period_ms = MS_PER_H;
		j->last_checkpoint_ms = T0 - (i == 1 ? 6 : 40) * MS_PER_MIN;
	}
	slots(60, 20000);
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
	ck_assert_int_eq(tasks[1].want, WANT_STOP);
	ck_assert_int_eq(tasks[2].want, WANT_RUN);
}
END_TEST

START_TEST(tier_f0_runs_as_it_comes)
{
	add(10, 7200, 900)->tier = FLEX_F0;
	run_since(add(10, 7200, 100), 90);
	slots(60, 10000);
	w.slot[0].hard = true;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
	ck_assert_int_eq(tasks[1].want, WANT_STOP);
	/* below any power */
	w.slot[0].power_w = 0;
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
	ck_assert_int_eq(result.power_w, 10000);
	ck_assert_int_eq(result.off_wh, 2500);
}
END_TEST

START_TEST(what_must_not_be_stopped_is_slowed_down_as_its_tier_bears)
{
	struct compute_job *j = add(10, 7200, 900);

	run_since(j, 90);
	j->preemptible = false;
	slots(60, 8000);
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_CAP);
	ck_assert_int_eq(tasks[0].power_w, 8000);
	w.slot[0].power_w = 1000; /* F2: 25 % */
	go(0);
	ck_assert_int_eq(tasks[0].power_w, 7500);
	j->deadline_ms = T0 + 121 * MS_PER_MIN; /* no time to lose */
	go(0);
	ck_assert_int_eq(tasks[0].want, WANT_RUN);
}
END_TEST

START_TEST(a_failed_order_waits_for_the_next_slot)
{
	struct dispatch_queue q;

	add(10, 7200, 900);
	slots(60, 10000);
	q = queue_at(0);
	tasks[0] = (struct dispatch_task){.job = &w.job[0], .left_ds = 72000, .barred = true};
	ck_assert_int_eq(disaggregate(&q, tasks, 1, &arena, &result), 0);
	ck_assert_int_eq(tasks[0].want, WANT_WAIT);
}
END_TEST

START_TEST(work_moves_by_whole_jobs_the_latest_deadline_first)
{
	struct dispatch_move moves[2] = {{.work_ds = 25000}, {.work_ds = 12000}};
	struct dispatch_queue q;

	add(1, 10000, 500);
	add(1, 20000, 900);
	add(1, 4000, 800);
	add(1, 9000, 700)->migratable = false;
	run_since(add(1, 1000, 990), 5);
	slots(60, 0);
	q = queue_at(0);
	q.moves = moves;
	q.n_moves = 2;
	for (int i = 0; i < w.n; i++)
		tasks[i] = (struct dispatch_task){.job = &w.job[i], .left_ds = w.job[i].work_ds};
	ck_assert_int_eq(disaggregate(&q, tasks, (size_t)w.n, &arena, &result), 0);
	ck_assert_int_eq(tasks[1].want, WANT_MOVE);
	ck_assert_int_eq(tasks[2].want, WANT_MOVE);
	ck_assert_int_eq(moves[0].moved_ds, 24000);
	ck_assert_int_eq(tasks[0].want, WANT_MOVE);
	ck_assert_uint_eq(tasks[0].move, 1);
	ck_assert_int_eq(moves[1].moved_ds, 10000);
	ck_assert_int_eq(tasks[3].want, WANT_WAIT);
	ck_assert_int_eq(tasks[4].want, WANT_STOP);
	ck_assert_int_eq(result.moved_ds, 34000);
}
END_TEST

struct seen {
	int n;
	struct outlook_step at[256];
};

static void see(void *arg, const struct outlook_step *s)
{
	struct seen *seen = arg;

	ck_assert_int_lt(seen->n, 256);
	seen->at[seen->n++] = *s;
}

START_TEST(the_outlook_tells_start_stop_and_end)
{
	struct dispatch_queue q;
	struct seen seen = {0};

	run_since(add(10, 1800, 900), 90); /* two slots of work */
	slots(4, 10000);
	w.slot[1].power_w = 0;
	go(0);
	q = queue_at(0);
	ck_assert_int_eq(outlook_walk(&q, tasks, 1, &arena, see, &seen), 0);
	ck_assert_int_eq(seen.n, 3);
	ck_assert_int_eq(seen.at[0].power_w, 10000);
	ck_assert_int_eq(seen.at[0].end_ms, 0);
	ck_assert_int_eq(seen.at[1].power_w, 0);
	ck_assert_int_eq(seen.at[1].start_ms, T0 + SLOT_MS);
	ck_assert_int_eq(seen.at[2].start_ms, T0 + 2 * SLOT_MS);
	ck_assert_int_eq(seen.at[2].end_ms, T0 + 3 * SLOT_MS);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct dispatch_queue q;
	struct arena tight;

	for (int i = 0; i < 40; i++)
		run_since(add(1, 7200, 60 + i), 90);
	slots(60, 10000);
	q = queue_at(0);
	for (int i = 0; i < w.n; i++)
		tasks[i] = (struct dispatch_task){.job = &w.job[i], .left_ds = w.job[i].work_ds};
	for (size_t cap = 0;; cap += 512) {
		int rc;

		arena_init(&tight, cap);
		rc = disaggregate(&q, tasks, (size_t)w.n, &tight, &result);
		arena_fini(&tight);
		if (rc == 0)
			break;
		ck_assert_int_eq(rc, -ENOMEM);
		ck_assert_uint_lt(cap, 1 << 20);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("disaggregate");
	TCase *t = tcase_create("disaggregate");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nobody_is_late_that_deadlines_alone_would_have_in_time);
	tcase_add_test(t, the_sum_is_within_the_smallest_job_of_the_target);
	tcase_add_test(t, no_job_runs_below_what_it_bears);
	tcase_add_test(t, the_order_of_the_tasks_does_not_matter);
	tcase_add_test(t, what_runs_is_kept_while_nobody_is_late_by_it);
	tcase_add_test(t, dwell_protects_from_the_plan_but_not_from_a_limit);
	tcase_add_test(t, a_stop_waits_for_a_checkpoint_that_is_near);
	tcase_add_test(t, who_would_lose_least_is_stopped);
	tcase_add_test(t, tier_f0_runs_as_it_comes);
	tcase_add_test(t, what_must_not_be_stopped_is_slowed_down_as_its_tier_bears);
	tcase_add_test(t, a_failed_order_waits_for_the_next_slot);
	tcase_add_test(t, work_moves_by_whole_jobs_the_latest_deadline_first);
	tcase_add_test(t, the_outlook_tells_start_stop_and_end);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
