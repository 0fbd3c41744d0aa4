/* The host against a daemon of our own on the same loop: comes back, loses nothing, leases end with and without a
 * connection, drains. Nothing waits for time but what is about time. */
#include <stdlib.h>

#include "common/host.h"
#include "fake.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static struct loop *loop;
static struct fake fake;
static struct host *host;
static char *path;

static struct {
	int up, down, welcomes, points, decisions, fallbacks, flushes, faults, closed;
	int64_t pause_ms;
	int why;
	uint32_t first_id;
	int64_t power_w, fallback_w;
} seen;

static void on_welcome(void *arg, const Suandian__V1__Welcome *w)
{
	(void)arg;
	(void)w;
	seen.welcomes++;
}
static void on_points(void *arg, const uint32_t *id, size_t n)
{
	(void)arg;
	seen.points += (int)n;
	seen.first_id = id[0];
}
static void on_decision(void *arg, const Suandian__V1__Decision *d)
{
	struct client_ack ack = {.decision_id = d->id,
				 .state = SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED,
				 .has_measured = true,
				 .measured_w = d->action->power_w};

	(void)arg;
	seen.decisions++;
	seen.power_w = d->action->power_w;
	ck_assert_int_eq(client_ack_decision(host_client(host), &ack), 0);
}
static void on_fallback(void *arg, const Suandian__V1__Decision *d)
{
	(void)arg;
	seen.fallbacks++;
	seen.fallback_w = d->fallback->power_w;
}
static void on_fault(void *arg, const struct fault *f, bool closing)
{
	(void)arg;
	(void)closing;
	seen.faults++;
	seen.why = f->code;
}
static void on_link(void *arg, bool up, const struct fault *why, int64_t pause_ms)
{
	(void)arg;
	seen.up += up;
	seen.down += !up;
	if (!up) {
		seen.why = why->code;
		seen.pause_ms = pause_ms;
	}
}
static void on_flushed(void *arg)
{
	(void)arg;
	seen.flushes++;
}
static void on_closed(void *arg)
{
	(void)arg;
	seen.closed++;
}

static void make_host(bool reconnect)
{
	struct host_options o = {
		.path = path,
		.client = {.role = "adapter", .name = "t", .epoch = 7},
		.events = {on_welcome, on_points, on_decision, on_fallback, on_fault, NULL},
		.on_link = on_link,
		.on_flushed = on_flushed,
		.backoff_min_ms = 2,
		.backoff_max_ms = 4,
		.reconnect = reconnect,
	};
	const char *const asset[] = {"site/bess"};

	ck_assert_int_eq(host_new(loop, &o, &host), 0);
	ck_assert_int_eq(client_subscribe_decisions(host_client(host), asset, 1), 0);
}

static void setup(void)
{
	path = tmpdir_path(tmpdir_new(), "s");
	ck_assert_int_eq(loop_new(&loop), 0);
	fake = (struct fake){0};
	fake_start(&fake, loop, path);
}

static void finish(void)
{
	if (!seen.closed)
		host_close(host, on_closed, NULL);
	fake_stop(&fake);
	loop_run(loop);
	ck_assert_int_eq(seen.closed, 1);
	loop_free(loop);
	free(path);
}

#define RUN_UNTIL(x)                                                                               \
	do {                                                                                       \
		while (!(x))                                                                       \
			ck_assert(loop_step(loop, true));                                          \
	} while (0)

static void push(double value)
{
	uint32_t point = 101;
	int64_t t_ms = 1000;

	ck_assert_int_eq(client_push(host_client(host), &point, &t_ms, &value, NULL, 1), 0);
}

static void declare_one(void)
{
	Suandian__V1__DeclarePoints points = SUANDIAN__V1__DECLARE_POINTS__INIT;
	Suandian__V1__PointDecl decl = SUANDIAN__V1__POINT_DECL__INIT;
	Suandian__V1__PointDecl *list[] = {&decl};

	decl.name = (char *)"site/x";
	decl.period_ms = 1000;
	points.n_points = 1;
	points.points = list;
	ck_assert_int_eq(client_declare(host_client(host), &points), 0);
}

START_TEST(it_connects_numbers_points_and_gets_samples_acknowledged)
{
	make_host(true);
	declare_one();
	push(1); /* before there is a connection */
	host_start(host);
	RUN_UNTIL(seen.flushes == 1 && seen.points == 1);
	ck_assert(host_is_up(host) && host_is_flushed(host));
	ck_assert_uint_eq(seen.first_id, 101);
	ck_assert_int_eq(fake.pushes, 1);
	ck_assert_uint_eq(fake.last_epoch, 7);
	ck_assert_int_eq(seen.up, 1);
	finish();
}
END_TEST

START_TEST(it_comes_back_and_says_again_what_was_not_acknowledged)
{
	make_host(true);
	declare_one();
	fake.withhold_acks = true;
	host_start(host);
	push(1);
	push(2);
	RUN_UNTIL(fake.pushes == 2);
	fake_drop(&fake);
	RUN_UNTIL(fake.hellos == 2 && fake.pushes == 4 && fake.declared == 2);
	ck_assert_int_eq(seen.down, 1);
	ck_assert_int_ge(seen.pause_ms, 1);
	ck_assert_int_eq(seen.flushes, 0);
	fake_ack_samples(&fake);
	RUN_UNTIL(seen.flushes == 1);
	ck_assert(host_is_flushed(host));
	finish();
}
END_TEST

START_TEST(it_waits_for_a_daemon_that_is_not_there_yet)
{
	fake_stop(&fake);
	RUN_UNTIL(!loop_step(loop, false));
	make_host(true);
	host_start(host);
	RUN_UNTIL(seen.down == 3);
	ck_assert_int_eq(seen.why, -ENOENT);
	ck_assert_int_le(seen.pause_ms, 4);
	fake = (struct fake){0};
	fake_start(&fake, loop, path);
	RUN_UNTIL(seen.up == 1);
	finish();
}
END_TEST

START_TEST(decisions_are_applied_and_acknowledged)
{
	make_host(true);
	host_start(host);
	RUN_UNTIL(fake.subscription);
	fake_decide(&fake, 5, -1500000, 60000, 0);
	RUN_UNTIL(fake.acks == 1);
	ck_assert_int_eq(seen.power_w, -1500000);
	ck_assert_uint_eq(fake.last_ack.decision_id, 5);
	ck_assert_int_eq(fake.last_ack.measured_w, -1500000);
	fake_decide(&fake, 4, 99, 60000, 0); /* older: not obeyed */
	fake_decide(&fake, 6, 7, 60000, 0);
	RUN_UNTIL(fake.acks == 2);
	ck_assert_int_eq(seen.decisions, 2);
	ck_assert_int_eq(seen.power_w, 7);
	finish();
}
END_TEST

START_TEST(a_lease_that_is_not_renewed_ends_in_its_fallback_by_the_hosts_own_timer)
{
	make_host(true);
	host_start(host);
	RUN_UNTIL(fake.subscription);
	fake_decide(&fake, 5, 1000, 30, -250);
	RUN_UNTIL(seen.fallbacks == 1);
	ck_assert_int_eq(seen.fallback_w, -250);
	finish();
}
END_TEST

START_TEST(a_lease_ends_without_a_connection_too)
{
	make_host(true);
	host_start(host);
	RUN_UNTIL(fake.subscription);
	fake_decide(&fake, 5, 1000, 40, -250);
	RUN_UNTIL(fake.acks == 1);
	fake_stop(&fake);
	RUN_UNTIL(seen.fallbacks == 1);
	ck_assert_int_ge(seen.down, 1);
	ck_assert(!host_is_up(host));
	host_close(host, on_closed, NULL);
	loop_run(loop);
	ck_assert_int_eq(seen.closed, 1);
	loop_free(loop);
	free(path);
}
END_TEST

START_TEST(leases_of_a_driven_clock_end_by_engine_time_only)
{
	fake.driven = true;
	make_host(true);
	host_start(host);
	RUN_UNTIL(fake.subscription);
	client_set_engine_ms(host_client(host), 1000000);
	fake_decide(&fake, 5, 1000, 900000, -250);
	RUN_UNTIL(fake.acks == 1);
	client_set_engine_ms(host_client(host), 1899999);
	ck_assert_int_eq(seen.fallbacks, 0);
	client_set_engine_ms(host_client(host), 1900000);
	ck_assert_int_eq(seen.fallbacks, 1);
	finish();
}
END_TEST

START_TEST(draining_waits_for_the_last_ack_and_closes)
{
	make_host(true);
	fake.withhold_acks = true;
	host_start(host);
	push(1);
	RUN_UNTIL(fake.pushes == 1);
	host_drain(host, 60000, on_closed, NULL);
	ck_assert(loop_step(loop, false));
	ck_assert_int_eq(seen.closed, 0);
	fake_ack_samples(&fake);
	RUN_UNTIL(seen.closed == 1 && !fake.peer);
	finish();
}
END_TEST

START_TEST(draining_gives_up_when_its_time_is_over)
{
	make_host(true);
	fake.withhold_acks = true;
	host_start(host);
	push(1);
	RUN_UNTIL(fake.pushes == 1);
	host_drain(host, 10, on_closed, NULL);
	RUN_UNTIL(seen.closed == 1);
	finish();
}
END_TEST

START_TEST(a_refused_hello_is_told_and_without_reconnecting_it_is_the_end)
{
	fake.deny = true;
	make_host(false);
	host_start(host);
	RUN_UNTIL(seen.down == 1);
	ck_assert_int_eq(seen.why, ERR_DENIED);
	ck_assert_int_eq(seen.pause_ms, -1);
	ck_assert_int_eq(fake.hellos, 1);
	finish();
}
END_TEST

START_TEST(closing_before_and_twice_is_fine)
{
	make_host(true);
	host_close(host, on_closed, NULL);
	host_close(host, on_closed, NULL);
	finish();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("host");
	TCase *tc = tcase_create("host");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, it_connects_numbers_points_and_gets_samples_acknowledged);
	tcase_add_test(tc, it_comes_back_and_says_again_what_was_not_acknowledged);
	tcase_add_test(tc, it_waits_for_a_daemon_that_is_not_there_yet);
	tcase_add_test(tc, decisions_are_applied_and_acknowledged);
	tcase_add_test(tc, a_lease_that_is_not_renewed_ends_in_its_fallback_by_the_hosts_own_timer);
	tcase_add_test(tc, a_lease_ends_without_a_connection_too);
	tcase_add_test(tc, leases_of_a_driven_clock_end_by_engine_time_only);
	tcase_add_test(tc, draining_waits_for_the_last_ack_and_closes);
	tcase_add_test(tc, draining_gives_up_when_its_time_is_over);
	tcase_add_test(tc, a_refused_hello_is_told_and_without_reconnecting_it_is_the_end);
	tcase_add_test(tc, closing_before_and_twice_is_fine);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
