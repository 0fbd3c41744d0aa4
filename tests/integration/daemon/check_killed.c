/* A daemon killed at random moments while a client pushes: what was acknowledged is there once, the chain verifies,
 * and it is ready again at once.
 *
 *	check_daemon_killed [times]
 *
 * SIGKILL does not lose the page cache: that no ack leaves before its flush is the business of other tests. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testdaemon/site.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define PATIENCE_MS 60000
/* Ready after a kill: some ms; the bound is what a loaded machine under a sanitizer may take. */
#define READY_MS 20000
/* Of simulated time between two samples of a point. */
#define STEP_MS 10

static int times = 20;
static struct daemon d;
static struct link *adapter, *admin;
static struct rng rng;
static int64_t base_ms;
static int64_t pushed; /* samples of each point */

static double value_of(int64_t i, int point)
{
	return (double)(i * 7919 % 100003 + point);
}

/* One batch of every point. */
static void push_some(void)
{
	enum { ROWS = 20 };
	uint32_t id[ROWS * SITE_POINTS];
	int64_t t[ROWS * SITE_POINTS];
	double value[ROWS * SITE_POINTS];
	size_t n = 0;

	for (int row = 0; row < ROWS; row++, pushed++)
		for (int p = 0; p < SITE_POINTS; p++, n++) {
			id[n] = site_point(adapter, (enum site_point)p);
			t[n] = base_ms + pushed * STEP_MS;
			value[n] = value_of(pushed, p);
		}
	ck_assert_int_eq(client_push(link_client(adapter), id, t, value, NULL, n), 0);
}

static bool is_time(void *arg)
{
	return clock_mono_ms() >= *(int64_t *)arg;
}

static void work_for(int64_t span_ms)
{
	int64_t until_ms = clock_mono_ms() + span_ms;

	while (clock_mono_ms() < until_ms) {
		int64_t next_ms = clock_mono_ms() + 1;

		push_some();
		(void)link_pump(is_time, &next_ms, PATIENCE_MS);
	}
}

static void put_event(uint64_t revision)
{
	Suandian__V1__Event event = SUANDIAN__V1__EVENT__INIT;
	Suandian__V1__PutEvent body = SUANDIAN__V1__PUT_EVENT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct client_request how = {.keep = true};

	event.external_id = "killed";
	event.revision = revision;
	event.site = "hongyuan";
	event.direction = SUANDIAN__V1__DIRECTION__DIRECTION_UP;
	event.target_case = SUANDIAN__V1__EVENT__TARGET_REDUCTION_W;
	event.reduction_w = 1000;
	event.start_ms = base_ms + 2 * MS_PER_DAY;
	event.has_end_case = SUANDIAN__V1__EVENT__HAS_END_END_MS;
	event.end_ms = event.start_ms + MS_PER_H;
	body.event = &event;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUT_EVENT;
	env.put_event = &body;
	/* kept: asked again after the daemon's death until it is answered */
	ck_assert_int_eq(client_request(link_client(admin), &env, &how, NULL), 0);
}

/* ---- What is there ----------------------------------------------------------------------------- */

struct seen {
	int point;
	int64_t n, t_ms;
};

static void check_chunk(void *arg, const Suandian__V1__Envelope *part)
{
	struct seen *seen = arg;
	const Suandian__V1__RangeChunk *c = part->range_chunk;
	int64_t t_ms = c->base_ms;

	for (size_t i = 0; i < c->n_value; i++, seen->n++) {
		t_ms += c->dt_ms[i];
		if (t_ms != base_ms + seen->n * STEP_MS ||
		    c->value[i] != value_of(seen->n, seen->point))
			ck_abort_msg("point %d, sample %lld: another time or value", seen->point,
				     (long long)seen->n);
	}
}

static void check_all_samples(void)
{
	for (int p = 0; p < SITE_POINTS; p++) {
		Suandian__V1__QueryRange body = SUANDIAN__V1__QUERY_RANGE__INIT;
		Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
		struct seen seen = {.point = p};

		body.point = site_point(adapter, (enum site_point)p);
		env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
		env.query_range = &body;
		ck_assert_int_eq(link_stream(admin, &env, check_chunk, &seen), 0);
		ck_assert_int_eq(seen.n, pushed);
	}
}

static void check_chain(void)
{
	Suandian__V1__VerifyAudit body = SUANDIAN__V1__VERIFY_AUDIT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_VERIFY_AUDIT;
	env.verify_audit = &body;
	ck_assert_int_eq(link_call(admin, &env, &answer), 0);
	ck_assert(answer->audit_verdict->ok);
	ck_assert_uint_gt(answer->audit_verdict->records, 0);
}

static uint64_t event_revision(void)
{
	Suandian__V1__ListEvents body = SUANDIAN__V1__LIST_EVENTS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	uint64_t greatest = 0;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_LIST_EVENTS;
	env.list_events = &body;
	ck_assert_int_eq(link_call(admin, &env, &answer), 0);
	for (size_t i = 0; i < answer->event_list->n_events; i++) {
		uint64_t revision = answer->event_list->events[i]->event->revision;

		greatest = revision > greatest ? revision : greatest;
	}
	return greatest;
}

START_TEST(nothing_acknowledged_is_lost_or_doubled)
{
	struct client_stats stats;
	uint64_t seed = rng_seed(4);

	fprintf(stderr, "seed %llu, %d kills\n", (unsigned long long)seed, times);
	rng_init(&rng, seed);
	daemon_prepare(&d);
	daemon_start(&d);
	/* in the past, so that the last sample is not from the future */
	base_ms = clock_wall_ms() - MS_PER_DAY;
	adapter = link_open(d.adapter, "adapter", "test", 1);
	admin = link_open(d.control, "admin", "test", 0);
	site_declare(adapter);
	for (int i = 1; i <= times; i++) {
		put_event((uint64_t)i);
		work_for((int64_t)rng_below(&rng, 60));
		daemon_kill(&d);
		push_some();
		daemon_spawn(&d);
		ck_assert(daemon_hears(&d, "READY=1", READY_MS));
		link_reconnect(adapter);
		link_reconnect(admin);
	}
	work_for(20);
	ck_assert(link_flush(adapter, PATIENCE_MS));
	client_get_stats(link_client(adapter), &stats);
	fprintf(stderr, "%lld samples a point, %llu batches, %llu sent again, %llu known already\n",
		(long long)pushed, (unsigned long long)stats.batches_pushed,
		(unsigned long long)stats.batches_resent, (unsigned long long)stats.duplicates);
	ck_assert_uint_eq(stats.batches_dropped, 0);
	ck_assert_uint_eq(stats.batches_refused, 0);
	ck_assert_uint_eq(stats.gaps, 0);
	ck_assert_uint_gt(stats.batches_resent, 0);
	check_all_samples();
	check_chain();
	ck_assert_uint_eq(event_revision(), (uint64_t)times);
	link_close(adapter);
	link_close(admin);
	ck_assert_int_eq(daemon_stop(&d), 0);
	daemon_fini(&d);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("daemon killed");
	TCase *t = tcase_create("killed");
	int64_t n;

	if (argc > 1 && num_parse_i64(argv[1], 1, 100000, &n) == 0)
		times = (int)n;
	tcase_set_timeout(t, 500);
	tcase_add_test(t, nothing_acknowledged_is_lost_or_doubled);
	suite_add_tcase(s, t);
	return run_suite(s);
}
