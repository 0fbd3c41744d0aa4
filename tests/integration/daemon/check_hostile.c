/* Peers that mean harm, or are broken: a clear error or a closed connection, bounded memory, and others served. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "loop/unixsock.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testdaemon/site.h"
#include "testlib/rng.h"
#include "testlib/run.h"

#define PATIENCE_MS 60000
/* What the daemon may grow by, whatever its peers do. The address sanitizer keeps what was freed. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GROWTH_KB (640 << 10)
#endif
#endif
#ifndef GROWTH_KB
#define GROWTH_KB (96 << 10)
#endif

static struct daemon d;
static struct link *good;

static void setup(void)
{
	daemon_prepare(&d);
	daemon_start(&d);
	good = link_open(d.control, "admin", "good", 0);
}

static void ask_health(void)
{
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	ck_assert_int_eq(link_call(good, &env, &answer), 0);
}

static void teardown(void)
{
	ask_health();
	link_close(good);
	ck_assert_int_eq(daemon_stop(&d), 0);
	daemon_fini(&d);
}

/* ---- A raw connection -------------------------------------------------------------------------- */

static int raw_connect(const char *path)
{
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
	int fd;
	int rc;

	while ((rc = unixsock_connect(path, &fd)) == -EAGAIN && clock_mono_ms() < until_ms)
		(void)poll(NULL, 0, 1);
	ck_assert_int_eq(rc, 0);
	return fd;
}

/* As much as the daemon takes, up to the end of its patience or ours. */
static void raw_send(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	while (n > 0 && poll(&p, 1, 2000) > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN)
			return;
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		}
	}
}

static void raw_send_env(int fd, uint64_t id, Suandian__V1__Envelope *env)
{
	struct buf b;

	buf_init(&b, 0);
	env->id = id;
	ck_assert_int_eq(codec_encode(&b, env), 0);
	raw_send(fd, buf_peek(&b), buf_avail(&b));
	buf_fini(&b);
}

/* What comes until the daemon closes. */
static void raw_drain(int fd, struct buf *ret)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		uint8_t bytes[4096];
		ssize_t n;

		ck_assert_int_gt(poll(&p, 1, PATIENCE_MS), 0);
		n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return;
		if (n > 0)
			ck_assert_int_eq(buf_append(ret, bytes, (size_t)n), 0);
	}
}

static void check_closed_with(int fd, const char *code)
{
	struct buf got;

	buf_init(&got, 0);
	raw_drain(fd, &got);
	if (!memmem(buf_peek(&got), buf_avail(&got), code, strlen(code)))
		ck_abort_msg("%s is not in the %zu bytes that came", code, buf_avail(&got));
	buf_fini(&got);
	close(fd);
}

static void raw_hello(int fd, uint32_t major, const char *role)
{
	Suandian__V1__Hello body = SUANDIAN__V1__HELLO__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.api_major = major;
	body.role = (char *)role;
	body.name = "hostile";
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HELLO;
	env.hello = &body;
	raw_send_env(fd, 1, &env);
}

/* The next frame's bytes appended; false at the end. */
static void raw_read_frame(int fd, struct buf *in, struct frame *ret)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (frame_split(buf_peek(in), buf_avail(in), ret) != FRAME_READY) {
		uint8_t bytes[4096];
		ssize_t n;

		ck_assert_int_gt(poll(&p, 1, PATIENCE_MS), 0);
		n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		ck_assert_int_gt((int)n, 0);
		ck_assert_int_eq(buf_append(in, bytes, (size_t)n), 0);
	}
}

static int raw_enter(const char *path, const char *role)
{
	int fd = raw_connect(path);
	struct buf in;
	struct frame f;

	raw_hello(fd, 1, role);
	buf_init(&in, 0);
	raw_read_frame(fd, &in, &f);
	ck_assert_ptr_nonnull(memmem(f.body, f.len, role, strlen(role)));
	buf_fini(&in);
	return fd;
}

/* ---- Bytes ------------------------------------------------------------------------------------- */

START_TEST(random_and_truncated_bytes_hurt_nobody)
{
	struct rng rng;
	long before_kb = daemon_rss_kb(&d);

	rng_init(&rng, rng_seed(7));
	for (int i = 0; i < 300; i++) {
		uint8_t bytes[2048];
		size_t n = 1 + rng_below(&rng, sizeof(bytes));
		int fd = i % 3 ? raw_connect(d.control) : raw_enter(d.control, "observe");

		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)rng_next(&rng);
		/* a third looks like a frame that never ends */
		if (i % 3 == 1)
			memcpy(bytes, "\xff\x0f", n < 2 ? n : 2);
		raw_send(fd, bytes, n);
		close(fd);
		if (i % 50 == 0)
			ask_health();
	}
	ck_assert_int_lt((int)(daemon_rss_kb(&d) - before_kb), GROWTH_KB);
}
END_TEST

START_TEST(too_long_a_frame_is_named)
{
	int fd = raw_enter(d.control, "observe");

	raw_send(fd, "\x81\x80\x80\x01", 4);
	check_closed_with(fd, "MALFORMED");
}
END_TEST

/* Ten thousand levels of an unknown field: nothing of ours recurses over it. */
START_TEST(deep_nesting_is_an_unknown_request)
{
	enum { LEVELS = 10000 };
	uint8_t *bytes = calloc(LEVELS, 5);
	size_t n = (size_t)LEVELS * 5;
	size_t at = n;
	struct buf in;
	struct frame f;
	int fd = raw_enter(d.control, "observe");
	uint8_t prefix[FRAME_PREFIX_MAX];

	ck_assert_ptr_nonnull(bytes);
	/* from the inside out: field 15, length of what is inside */
	for (size_t inside = 0; at >= 5 && inside < n - 10; inside = n - at) {
		size_t used = inside < 128 ? 1 : inside < 16384 ? 2 : 3;

		at -= used;
		for (size_t i = 0; i < used; i++)
			bytes[at + i] = (uint8_t)((inside >> (7 * i)) | (i + 1 < used ? 0x80 : 0));
		bytes[--at] = (15 << 3) | 2;
	}
	/* its id comes first */
	bytes[--at] = 9;
	bytes[--at] = 1 << 3;
	raw_send(fd, prefix, frame_put_prefix(prefix, n - at));
	raw_send(fd, bytes + at, n - at);
	buf_init(&in, 0);
	raw_read_frame(fd, &in, &f);
	ck_assert_ptr_nonnull(memmem(f.body, f.len, "UNIMPLEMENTED", 13));
	buf_fini(&in);
	free(bytes);
	close(fd);
}
END_TEST

START_TEST(another_version_is_told)
{
	int fd = raw_connect(d.control);

	raw_hello(fd, 99, "observe");
	check_closed_with(fd, "VERSION");
}
END_TEST

START_TEST(wrong_columns_are_refused_and_the_session_goes_on)
{
	Suandian__V1__PushSamples body = SUANDIAN__V1__PUSH_SAMPLES__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	double values[] = {1, 2};
	struct buf in;
	struct frame f;
	int fd = raw_enter(d.adapter, "adapter");

	buf_init(&in, 0);
	body.seq = 1;
	body.epoch = 1;
	body.value = values;
	body.n_value = 2;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_SAMPLES;
	env.push_samples = &body;
	for (uint64_t i = 1; i < 20; i++) {
		body.seq = i;
		raw_send_env(fd, i + 1, &env);
		/* acks of what was skipped come between */
		do {
			raw_read_frame(fd, &in, &f);
			buf_consume(&in, f.size);
		} while (!memmem(f.body, f.len, "INVALID", 7));
	}
	buf_fini(&in);
	close(fd);
}
END_TEST

/* ---- Crowds ------------------------------------------------------------------------------------ */

START_TEST(a_thousand_idle_connections_keep_nobody_out)
{
	enum { CROWD = 1000 };
	static int fds[CROWD];
	struct rlimit r;
	struct link *late;
	long before_kb = daemon_rss_kb(&d);

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &r), 0);
	r.rlim_cur = r.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
	for (int i = 0; i < CROWD; i++)
		fds[i] = raw_connect(i % 2 ? d.control : d.adapter);
	ask_health();
	late = link_open(d.control, "observe", "late", 0);
	ask_health();
	link_close(late);
	ck_assert_int_lt((int)(daemon_rss_kb(&d) - before_kb), GROWTH_KB);
	for (int i = 0; i < CROWD; i++)
		close(fds[i]);
	/* and each with a session, dribbling a large frame */
	for (int i = 0; i < 300; i++) {
		fds[i] = raw_enter(d.control, "observe");
		raw_send(fds[i],
			 "\xff\xff\x3f"
			 "abcdefgh",
			 11);
	}
	ask_health();
	ck_assert_int_lt((int)(daemon_rss_kb(&d) - before_kb), GROWTH_KB);
	for (int i = 0; i < 300; i++)
		close(fds[i]);
}
END_TEST

static void push_many(size_t n)
{
	struct link *l = link_open(d.adapter, "adapter", "test", 1);
	static uint32_t id[5000];
	static int64_t t[5000];
	static double value[5000];
	int64_t now_ms = clock_wall_ms() - 1000 * (int64_t)n;

	site_declare(l);
	for (size_t sent = 0; sent < n; sent += ARRAY_SIZE(id)) {
		for (size_t i = 0; i < ARRAY_SIZE(id); i++) {
			id[i] = site_point(l, PCC_POWER);
			t[i] = now_ms + 1000 * (int64_t)(sent + i);
			value[i] = (double)i;
		}
		ck_assert_int_eq(client_push(link_client(l), id, t, value, NULL, ARRAY_SIZE(id)),
				 0);
		ck_assert(link_flush(l, PATIENCE_MS));
	}
	link_close(l);
}

START_TEST(a_reader_that_never_reads_is_given_up)
{
	Suandian__V1__QueryRange body = SUANDIAN__V1__QUERY_RANGE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct pollfd p = {.events = 0};
	long before_kb;
	int64_t until_ms;

	push_many(200000);
	before_kb = daemon_rss_kb(&d);
	p.fd = raw_enter(d.control, "observe");
	body.point = 1;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_QUERY_RANGE;
	env.query_range = &body;
	for (uint64_t id = 2; id < 10; id++)
		raw_send_env(p.fd, id, &env);
	/* others meanwhile, until the daemon hangs up */
	until_ms = clock_mono_ms() + PATIENCE_MS;
	while (poll(&p, 1, 100) == 0) {
		ask_health();
		ck_assert_int_lt((int)(daemon_rss_kb(&d) - before_kb), GROWTH_KB);
		ck_assert_int_lt(clock_mono_ms(), until_ms);
	}
	ck_assert(p.revents & POLLHUP);
	close(p.fd);
}
END_TEST

static void raw_ask_backtest(int fd, uint64_t id)
{
	Suandian__V1__Backtest body = SUANDIAN__V1__BACKTEST__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.site = "hongyuan";
	body.days = 366;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_BACKTEST;
	env.backtest = &body;
	raw_send_env(fd, id, &env);
}

/* Each holds memory for a year and works on the loop thread: few at a time, whoever asks, and the rest is told so. */
START_TEST(backtests_of_a_crowd_are_few_at_a_time)
{
	enum { CROWD = 10, EACH = 8 };
	int fds[CROWD], refused = 0;
	struct link *l = link_open(d.adapter, "adapter", "test", 1);

	site_declare(l);
	link_close(l);
	for (int i = 0; i < CROWD; i++) {
		fds[i] = raw_enter(d.control, "observe");
		for (uint64_t id = 2; id < 2 + EACH; id++)
			raw_ask_backtest(fds[i], id);
	}
	for (int i = 0; i < CROWD; i++) {
		struct buf in;
		struct frame f;

		/* whichever comes first; what is refused comes at once */
		buf_init(&in, 0);
		raw_read_frame(fds[i], &in, &f);
		refused += memmem(f.body, f.len, "FULL", 4) != NULL;
		buf_fini(&in);
	}
	ck_assert_int_ge(refused, CROWD / 2);
	for (int i = 0; i < CROWD; i++)
		close(fds[i]);
	/* those that left make room */
	for (bool full = true; full;) {
		struct buf in;
		struct frame f;
		int fd = raw_enter(d.control, "observe");

		buf_init(&in, 0);
		raw_ask_backtest(fd, 2);
		raw_read_frame(fd, &in, &f);
		full = memmem(f.body, f.len, "FULL", 4) != NULL;
		buf_fini(&in);
		close(fd);
	}
}
END_TEST

/* In a process of its own: asks without end, and reads what comes. */
static void flood(void)
{
	Suandian__V1__Metrics body = SUANDIAN__V1__METRICS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int fd = raw_enter(d.control, "observe");
	struct buf b;

	buf_init(&b, 0);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_METRICS;
	env.metrics = &body;
	for (uint64_t id = 2; id < 500; id++) {
		env.id = id;
		(void)codec_encode(&b, &env);
	}
	for (;;) {
		static uint8_t bytes[65536];

		(void)send(fd, buf_peek(&b), buf_avail(&b), MSG_NOSIGNAL | MSG_DONTWAIT);
		while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
	}
}

START_TEST(a_flood_of_one_leaves_time_for_others)
{
	long before_kb = daemon_rss_kb(&d);
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		flood();
		_exit(0);
	}
	for (int i = 0; i < 100; i++)
		ask_health();
	push_many(20000);
	ck_assert_int_lt((int)(daemon_rss_kb(&d) - before_kb), GROWTH_KB);
	ck_assert_int_eq(waitpid(pid, &status, WNOHANG), 0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon hostile");
	TCase *t = tcase_create("hostile");

	tcase_set_timeout(t, 150);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, random_and_truncated_bytes_hurt_nobody);
	tcase_add_test(t, too_long_a_frame_is_named);
	tcase_add_test(t, deep_nesting_is_an_unknown_request);
	tcase_add_test(t, another_version_is_told);
	tcase_add_test(t, wrong_columns_are_refused_and_the_session_goes_on);
	tcase_add_test(t, a_thousand_idle_connections_keep_nobody_out);
	tcase_add_test(t, a_reader_that_never_reads_is_given_up);
	tcase_add_test(t, backtests_of_a_crowd_are_few_at_a_time);
	tcase_add_test(t, a_flood_of_one_leaves_time_for_others);
	suite_add_tcase(s, t);
	return run_suite(s);
}
