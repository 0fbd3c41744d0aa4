/* A disk that takes no more: what was acknowledged stays, nothing else is, the daemon says so, answers questions, and
 * goes on by itself when there is room again. */
#include <check.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testdaemon/site.h"
#include "testlib/run.h"

#define PATIENCE_MS 60000
#define BATCHES 300

static struct daemon d;
static struct link *adapter, *admin;
static int64_t base_ms;
static int pushed;

static void setup(void)
{
	daemon_prepare(&d);
	daemon_start(&d);
	base_ms = clock_wall_ms() - MS_PER_DAY;
	adapter = link_open(d.adapter, "adapter", "test", 1);
	admin = link_open(d.control, "admin", "test", 0);
	site_declare(adapter);
}

static void teardown(void)
{
	link_close(adapter);
	link_close(admin);
	ck_assert_int_eq(daemon_stop(&d), 0);
	daemon_fini(&d);
}

/* No file of the daemon grows beyond so much: EFBIG, as full as a disk can be. */
static void limit_files(rlim_t bytes)
{
	struct rlimit r = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

	ck_assert_int_eq(prlimit(d.pid, RLIMIT_FSIZE, &r, NULL), 0);
}

static void push_some(int n)
{
	for (int i = 0; i < n; i++, pushed++)
		site_push(adapter, base_ms + pushed * MS_PER_S);
}

static bool says_store_error(void)
{
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	const Suandian__V1__HealthReport *h;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	ck_assert_int_eq(link_call(admin, &env, &answer), 0);
	h = answer->health_report;
	for (size_t i = 0; i < h->n_reasons; i++)
		if (strcmp(h->reasons[i]->code, "store_error") == 0) {
			ck_assert_str_eq(h->state, "failed");
			return true;
		}
	return false;
}

static void wait_for_health(bool trouble)
{
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;

	while (says_store_error() != trouble)
		ck_assert_int_lt(clock_mono_ms(), until_ms);
}

static int put_event(void)
{
	Suandian__V1__Event event = SUANDIAN__V1__EVENT__INIT;
	Suandian__V1__PutEvent body = SUANDIAN__V1__PUT_EVENT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	event.external_id = "full";
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
	return link_call(admin, &env, &answer);
}

static void count(void *arg, const Suandian__V1__Envelope *part)
{
	*(size_t *)arg += part->range_chunk->n_value;
}

static size_t count_samples(void)
{
	Suandian__V1__QueryRange body = SUANDIAN__V1__QUERY_RANGE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	size_t n = 0;

	body.point = site_point(adapter, PCC_POWER);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
	env.query_range = &body;
	ck_assert_int_eq(link_stream(admin, &env, count, &n), 0);
	return n;
}

START_TEST(a_full_disk_loses_nothing_and_is_told)
{
	struct client_stats before, stats;

	push_some(20);
	ck_assert(link_flush(adapter, PATIENCE_MS));
	client_get_stats(link_client(adapter), &before);
	limit_files(0);
	push_some(BATCHES);
	/* the ledger's trouble is found by whoever writes to it, and is answered all the same */
	ck_assert_int_eq(put_event(), ERR_STORE);
	ck_assert_int_eq(put_event(), ERR_STORE);
	wait_for_health(true);
	ck_assert_uint_ge(count_samples(), 20);
	ck_assert(!link_flush(adapter, 300));
	limit_files(RLIM_INFINITY);
	wait_for_health(false);
	ck_assert(link_flush(adapter, PATIENCE_MS));
	client_get_stats(link_client(adapter), &stats);
	ck_assert_uint_eq(stats.batches_refused, 0);
	ck_assert_uint_eq(stats.gaps, 0);
	ck_assert_uint_eq(count_samples(), (size_t)pushed);
	ck_assert_int_eq(put_event(), 0);
	daemon_kill(&d);
	daemon_start(&d);
	link_reconnect(adapter);
	link_reconnect(admin);
	ck_assert_uint_eq(count_samples(), (size_t)pushed);
}
END_TEST

START_TEST(the_end_comes_on_a_full_disk_too)
{
	push_some(20);
	ck_assert(link_flush(adapter, PATIENCE_MS));
	limit_files(0);
	push_some(BATCHES);
	ck_assert_int_eq(put_event(), ERR_STORE);
	wait_for_health(true);
	ck_assert_int_eq(daemon_stop(&d), 0);
	daemon_start(&d);
	link_reconnect(adapter);
	link_reconnect(admin);
	ck_assert(link_flush(adapter, PATIENCE_MS));
	ck_assert_uint_eq(count_samples(), (size_t)pushed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon on a full disk");
	TCase *t = tcase_create("full");

	tcase_set_timeout(t, 200);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_full_disk_loses_nothing_and_is_told);
	tcase_add_test(t, the_end_comes_on_a_full_disk_too);
	suite_add_tcase(s, t);
	return run_suite(s);
}
