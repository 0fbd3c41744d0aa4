/* One disaggregation of a queue with 100 000 live jobs over a day of slots, and the outlook of all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "dispatch/disaggregate.h"
#include "dispatch/outlook.h"
#include "testlib/rng.h"

#define JOBS 100000
#define SLOTS 96
#define T0 (INT64_C(1752480000000))

static struct compute_job jobs[JOBS];
static struct dispatch_task tasks[JOBS];
static struct dispatch_slot slots[SLOTS];
static uint64_t steps;

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void on_step(void *arg, const struct outlook_step *s)
{
	(void)arg;
	(void)s;
	steps++;
}

static void make(struct rng *r, int64_t running)
{
	for (int i = 0; i < JOBS; i++) {
		int64_t devices = rng_range(r, 1, 16);

		jobs[i] = (struct compute_job){
			.number = (uint64_t)i + 1,
			.tier = (enum flex_tier)rng_range(r, FLEX_F1, FLEX_F3),
			.devices = devices,
			.min_devices = devices,
			.work_ds = devices * rng_range(r, 600, 7200),
			.arrival_ms = T0 - MS_PER_H,
			.deadline_ms = T0 + rng_range(r, 60, 2 * 1440) * MS_PER_MIN,
			.preemptible = rng_below(r, 4) > 0,
			.checkpoint_period_ms = MS_PER_H,
			.state = i < running ? JOB_RUNNING : JOB_PENDING,
			.started_ms = T0 - rng_range(r, 1, 180) * MS_PER_MIN,
		};
		tasks[i] = (struct dispatch_task){.job = &jobs[i], .left_ds = jobs[i].work_ds};
	}
}

int main(void)
{
	static const struct queue queue = {.devices = 40000, .device_power_w = 700};
	struct dispatch_queue q = {.queue = &queue,
				   .now_ms = T0,
				   .n_slots = SLOTS,
				   .slots = slots,
				   .dwell_ms = 30 * MS_PER_MIN};
	struct dispatch_result result;
	struct arena a;
	struct rng r;

	rng_init(&r, 1);
	make(&r, 3000);
	for (int i = 0; i < SLOTS; i++)
		slots[i] = (struct dispatch_slot){.start_ms = T0 + i * SLOT_MS,
						  .duration_ms = SLOT_MS,
						  .power_w = rng_range(&r, 0, 28000) * 1000};
	for (int round = 0; round < 5; round++) {
		double before = cpu_ms(), between;

		arena_init(&a, (size_t)256 << 20);
		if (disaggregate(&q, tasks, JOBS, &a, &result))
			return EXIT_FAILURE;
		between = cpu_ms();
		printf("%d jobs, %d slots: disaggregate %.1f ms, %zu MiB of scratch; ", JOBS, SLOTS,
		       between - before, a.used >> 20);
		steps = 0;
		if (outlook_walk(&q, tasks, JOBS, &a, on_step, NULL))
			return EXIT_FAILURE;
		printf("outlook %.1f ms, %llu steps; %u late\n", cpu_ms() - between,
		       (unsigned long long)steps, result.n_late);
		arena_fini(&a);
	}
	return EXIT_SUCCESS;
}
