/* The HTTP client against a server of our own on the same loop: what may go wrong ends the request, in bounded time and
 * memory, with a reason; nothing is left on the loop. */
#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "common/http.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "webserver.h"

#define PATIENCE_MS 20000
#define BODY_MAX ((size_t)256 << 10)

static struct loop *loop;
static struct web web;
static struct http *http;
static struct endpoint here;

static struct {
	int done, code;
	long status;
	char body[1024], type[128], fault[256];
	size_t n;
	bool again, close; /* what to do inside done() */
} got;
static int closed_calls;

static void on_closed(void *arg)
{
	(void)arg;
	closed_calls++;
}

static void ask_for(const char *path);

static void done(void *arg, const struct http_answer *a)
{
	(void)arg;
	got.done++;
	got.code = a->code;
	got.status = a->status;
	got.n = a->n;
	(void)snprintf(got.body, sizeof(got.body), "%.*s", (int)min_i64((int64_t)a->n, 1000),
		       (const char *)a->body);
	(void)snprintf(got.type, sizeof(got.type), "%s", a->content_type);
	(void)snprintf(got.fault, sizeof(got.fault), "%s", a->fault ? a->fault->text : "");
	ck_assert_int_eq(a->code == 0, a->fault == NULL);
	if (got.again) {
		got.again = false;
		ask_for("/ok");
	}
	if (got.close)
		http_close(http, on_closed, NULL);
}

static struct http_call *ask(const char *path, int64_t timeout_ms, size_t max_bytes)
{
	static const char *const headers[] = {"Accept: text/plain"};
	struct http_ask a = {.to = &here,
			     .path = path,
			     .headers = headers,
			     .n_headers = 1,
			     .timeout_ms = timeout_ms,
			     .max_bytes = max_bytes,
			     .done = done};
	struct http_call *c;
	int before = got.done;

	ck_assert_int_eq(http_get(http, &a, &c), 0);
	ck_assert_int_eq(got.done, before); /* never inside */
	return c;
}

static void ask_for(const char *path)
{
	(void)ask(path, PATIENCE_MS, BODY_MAX);
}

#define RUN_UNTIL(x)                                                                               \
	do {                                                                                       \
		while (!(x))                                                                       \
			ck_assert(loop_step(loop, true));                                          \
	} while (0)

static void start(const char *unix_path)
{
	struct http_options o = {.agent = "check"};
	struct fault f = {0};

	ck_assert_int_eq(loop_new(&loop), 0);
	web_start(&web, loop, unix_path);
	ck_assert_int_eq(endpoint_parse(web_url(&web), unix_path, &here, &f), 0);
	ck_assert_int_eq(http_new(loop, &o, &http), 0);
	memset(&got, 0, sizeof(got));
	closed_calls = 0;
}

static void setup(void)
{
	start(NULL);
}

/* loop_free() fails the test if anything is left. */
static void finish(void)
{
	http_close(http, on_closed, NULL);
	ck_assert_int_eq(closed_calls, 0);
	web_stop(&web);
	loop_run(loop);
	ck_assert_int_eq(closed_calls, 1);
	ck_assert_int_eq(web.open, 0);
	loop_free(loop);
}

static void expect(const char *path, int code, long status)
{
	int n = got.done + 1;

	ask_for(path);
	RUN_UNTIL(got.done == n);
	ck_assert_msg(got.code == code, "%s: %s, %s", path, err_name(got.code), got.fault);
	ck_assert_int_eq(got.status, status);
}

START_TEST(an_answer_comes_with_status_type_and_body)
{
	expect("/ok", 0, 200);
	ck_assert_str_eq(got.body, "hello");
	ck_assert_str_eq(got.type, "text/plain; version=0.0.4");
	ck_assert_ptr_nonnull(strstr(web.last, "GET /ok HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(web.last, "\r\nAccept: text/plain\r\n"));
	ck_assert_ptr_nonnull(strstr(web.last, "\r\nUser-Agent: check\r\n"));
	ck_assert_ptr_null(strstr(web.last, "Accept-Encoding")); /* nothing is unpacked */
	expect("/chunked", 0, 200);
	ck_assert_str_eq(got.body, "hello");
	expect("/empty", 0, 204);
	ck_assert_uint_eq(got.n, 0);
	finish();
}
END_TEST

START_TEST(a_status_of_failure_is_an_answer)
{
	expect("/status/500", 0, 500);
	ck_assert_str_eq(got.body, "sorry");
	expect("/status/404", 0, 404);
	finish();
}
END_TEST

START_TEST(redirects_are_not_followed)
{
	expect("/moved", 0, 302);
	ck_assert_int_eq(web.requests, 1);
	finish();
}
END_TEST

START_TEST(a_proxy_of_the_environment_is_not_used)
{
	ck_assert_int_eq(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	ck_assert_int_eq(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
	expect("/ok", 0, 200);
	finish();
}
END_TEST

START_TEST(the_connection_is_kept_and_one_that_was_closed_is_made_anew)
{
	expect("/ok", 0, 200);
	expect("/chunked", 0, 200);
	expect("/status/503", 0, 503);
	ck_assert_int_eq(web.connections, 1);
	web_drop(&web);
	RUN_UNTIL(web.open == 0);
	expect("/ok", 0, 200);
	ck_assert_int_eq(web.connections, 2);
	finish();
}
END_TEST

START_TEST(a_body_too_large_ends_it_whether_announced_or_not)
{
	expect("/huge", ERR_FULL, 200);
	expect("/endless", ERR_FULL, 200);
	ck_assert_ptr_nonnull(strstr(got.fault, "larger than 262144 bytes"));
	(void)ask("/ok", PATIENCE_MS, 4);
	RUN_UNTIL(got.done == 3);
	ck_assert_int_eq(got.code, ERR_FULL);
	(void)ask("/ok", PATIENCE_MS, 5);
	RUN_UNTIL(got.done == 4);
	ck_assert_int_eq(got.code, 0);
	finish();
}
END_TEST

START_TEST(headers_without_end_end_it)
{
	expect("/headers", ERR_FULL, 200);
	finish();
}
END_TEST

START_TEST(an_early_end_is_no_answer)
{
	expect("/truncated", ERR_CLOSED, 200);
	expect("/gone", ERR_CLOSED, 0);
	finish();
}
END_TEST

START_TEST(what_is_no_http_is_malformed)
{
	expect("/garbage", ERR_MALFORMED, 0);
	finish();
}
END_TEST

START_TEST(a_silent_or_a_slow_server_is_given_up_in_time)
{
	static const char *const paths[] = {"/hang", "/drip"};

	for (int i = 0; i < 2; i++) {
		int64_t from_ms = clock_mono_ms();

		(void)ask(paths[i], 100, BODY_MAX);
		RUN_UNTIL(got.done == i + 1);
		ck_assert_int_eq(got.code, ERR_TIMEOUT);
		ck_assert_int_ge(clock_mono_ms() - from_ms, 100);
		ck_assert_int_lt(clock_mono_ms() - from_ms, PATIENCE_MS);
	}
	finish();
}
END_TEST

START_TEST(a_refused_connection_says_so)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct fault f = {0};
	char url[64];

	/* bound and not listening: nobody else can take the port */
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", ntohs(a.sin_port));
	ck_assert_int_eq(endpoint_parse(url, NULL, &here, &f), 0);
	expect("/ok", -ECONNREFUSED, 0);
	ck_assert_ptr_nonnull(strstr(got.fault, url));
	(void)close(fd);
	finish();
}
END_TEST

START_TEST(a_unix_socket_serves_as_well)
{
	char *path = tmpdir_path(tmpdir_new(), "web");

	start(path);
	expect("/ok", 0, 200);
	expect("/chunked", 0, 200);
	ck_assert_int_eq(web.connections, 1);
	finish();
	free(path);
}
END_TEST

START_TEST(many_requests_at_once_are_all_answered)
{
	for (int i = 0; i < HTTP_CALLS_MAX; i++)
		ask_for(i % 2 ? "/ok" : "/chunked");
	struct http_ask more = {
		.to = &here, .path = "/ok", .timeout_ms = 1, .max_bytes = 1, .done = done};
	ck_assert_int_eq(http_get(http, &more, NULL), ERR_FULL);
	RUN_UNTIL(got.done == HTTP_CALLS_MAX);
	ck_assert_int_eq(web.requests, HTTP_CALLS_MAX);
	ck_assert_int_le(web.connections, HTTP_CONNECTIONS_MAX);
	finish();
}
END_TEST

START_TEST(a_request_may_be_made_inside_the_answer_of_another)
{
	got.again = true;
	ask_for("/chunked");
	RUN_UNTIL(got.done == 2);
	ck_assert_int_eq(got.code, 0);
	finish();
}
END_TEST

START_TEST(the_client_may_be_closed_inside_an_answer)
{
	ask_for("/hang");
	got.close = true;
	ask_for("/ok");
	RUN_UNTIL(closed_calls == 1);
	ck_assert_int_eq(got.done, 2);
	ck_assert_int_eq(got.code, ERR_CANCELED);
	web_stop(&web);
	loop_run(loop);
	loop_free(loop);
}
END_TEST

START_TEST(a_cancelled_request_is_told_about_once)
{
	struct http_call *c = ask("/hang", PATIENCE_MS, BODY_MAX);

	RUN_UNTIL(web.requests == 1);
	http_cancel(c);
	ck_assert_int_eq(got.done, 0);
	RUN_UNTIL(got.done == 1);
	ck_assert_int_eq(got.code, ERR_CANCELED);
	/* before it was even connected */
	http_cancel(ask("/ok", PATIENCE_MS, BODY_MAX));
	RUN_UNTIL(got.done == 2);
	ck_assert_int_eq(got.code, ERR_CANCELED);
	expect("/ok", 0, 200);
	finish();
}
END_TEST

START_TEST(closing_cancels_what_is_under_way)
{
	struct http_ask late = {
		.to = &here, .path = "/ok", .timeout_ms = 1, .max_bytes = 1, .done = done};

	ask_for("/hang");
	ask_for("/drip");
	RUN_UNTIL(web.requests == 2);
	http_close(http, on_closed, NULL);
	ck_assert_int_eq(http_get(http, &late, NULL), ERR_CLOSED);
	RUN_UNTIL(closed_calls == 1);
	ck_assert_int_eq(got.done, 2);
	ck_assert_int_eq(got.code, ERR_CANCELED);
	web_stop(&web);
	loop_run(loop);
	loop_free(loop);
}
END_TEST

static int threads(void)
{
	DIR *d = opendir("/proc/self/task");
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	(void)closedir(d);
	return n;
}

START_TEST(there_is_no_thread_even_for_a_name)
{
	struct fault f = {0};
	char url[64];
	int before = threads();

	/* a name nobody knows, and its address */
	(void)snprintf(url, sizeof(url), "http://meters.invalid:%d", web.port);
	ck_assert_int_eq(endpoint_parse(url, NULL, &here, &f), 0);
	ck_assert(here.is_name);
	struct http_ask a = {
		.to = &here, .path = "/ok", .timeout_ms = 1000, .max_bytes = 100, .done = done};
	ck_assert_int_eq(http_get(http, &a, NULL), ERR_INVALID); /* not resolved */
	(void)snprintf(here.addresses, sizeof(here.addresses), "127.0.0.1");
	ask_for("/ok");
	while (got.done == 0) {
		ck_assert_int_eq(threads(), before);
		ck_assert(loop_step(loop, true));
	}
	ck_assert_msg(got.code == 0, "%s", got.fault);
	ck_assert_ptr_nonnull(strstr(web.last, "Host: meters.invalid"));
	finish();
}
END_TEST

/* ---- Endpoints ----------------------------------------------------------------------------------------- */

START_TEST(endpoints_are_checked)
{
	static const struct {
		const char *url, *base, *host;
		int port;
		bool is_name;
	} good[] = {
		{"http://127.0.0.1:9090", "http://127.0.0.1:9090", "127.0.0.1", 9090, false},
		{"http://127.0.0.1:9090/prom/", "http://127.0.0.1:9090/prom", "127.0.0.1", 9090,
		 false},
		{"https://[::1]/x", "https://[::1]/x", "::1", 443, false},
		{"http://localhost/", "http://localhost", "localhost", 80, false},
		{"http://meters.example:81", "http://meters.example:81", "meters.example", 81,
		 true},
	};
	static const char *const bad[] = {
		"",
		"127.0.0.1 9090",
		"ftp://127.0.0.1/",
		"file:///etc/passwd",
		"http://user:secret@127.0.0.1/",
		"http://127.0.0.1/metrics?x=1",
		"http://127.0.0.1/#top",
		"http://127.0.0.1:70000/",
		"http://",
	};
	struct endpoint e;
	struct fault f;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ck_assert_msg(endpoint_parse(good[i].url, NULL, &e, &f) == 0, "%s", good[i].url);
		ck_assert_str_eq(e.base, good[i].base);
		ck_assert_str_eq(e.host, good[i].host);
		ck_assert_int_eq(e.port, good[i].port);
		ck_assert_int_eq(e.is_name, good[i].is_name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		f.text[0] = '\0';
		ck_assert_msg(endpoint_parse(bad[i], NULL, &e, &f) == ERR_INVALID, "%s", bad[i]);
		ck_assert(*f.text);
	}
	ck_assert_int_eq(endpoint_parse("http://a.example/", "relative", &e, &f), ERR_INVALID);
	ck_assert_int_eq(endpoint_parse("http://a.example/", "/run/x", &e, &f), 0);
	ck_assert(!e.is_name);
}
END_TEST

START_TEST(a_name_is_resolved_and_keeps_its_address_when_that_fails)
{
	struct endpoint e;
	struct fault f = {0};

	ck_assert_int_eq(endpoint_parse("http://127.1:80", NULL, &e, &f), 0);
	ck_assert_int_eq(endpoint_resolve(&e, &f), 0); /* curl has made 127.0.0.1 of it */
	ck_assert_int_eq(endpoint_parse("http://meters.invalid", NULL, &e, &f), 0);
	(void)snprintf(e.addresses, sizeof(e.addresses), "192.0.2.1");
	ck_assert_int_eq(endpoint_resolve(&e, &f), ERR_NOTFOUND);
	ck_assert_str_eq(e.addresses, "192.0.2.1");
	ck_assert_ptr_nonnull(strstr(f.text, "meters.invalid: "));
}
END_TEST

START_TEST(queries_are_escaped)
{
	char out[64];

	ck_assert_int_eq(http_escape("up{job=\"a b\"} > 0", out, sizeof(out)), 0);
	ck_assert_str_eq(out, "up%7Bjob%3D%22a%20b%22%7D%20%3E%200");
	ck_assert_int_eq(http_escape("-._~\xc3\xa9", out, sizeof(out)), 0);
	ck_assert_str_eq(out, "-._~%C3%A9");
	ck_assert_int_eq(http_escape("abcdef", out, 6), ERR_FULL);
	ck_assert_int_eq(http_escape("", out, 1), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("http");
	TCase *tc = tcase_create("answers");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_answer_comes_with_status_type_and_body);
	tcase_add_test(tc, a_status_of_failure_is_an_answer);
	tcase_add_test(tc, redirects_are_not_followed);
	tcase_add_test(tc, a_proxy_of_the_environment_is_not_used);
	tcase_add_test(tc, the_connection_is_kept_and_one_that_was_closed_is_made_anew);
	tcase_add_test(tc, many_requests_at_once_are_all_answered);
	tcase_add_test(tc, a_request_may_be_made_inside_the_answer_of_another);
	tcase_add_test(tc, there_is_no_thread_even_for_a_name);
	suite_add_tcase(s, tc);
	tc = tcase_create("failures");
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_body_too_large_ends_it_whether_announced_or_not);
	tcase_add_test(tc, headers_without_end_end_it);
	tcase_add_test(tc, an_early_end_is_no_answer);
	tcase_add_test(tc, what_is_no_http_is_malformed);
	tcase_add_test(tc, a_silent_or_a_slow_server_is_given_up_in_time);
	tcase_add_test(tc, a_refused_connection_says_so);
	tcase_add_test(tc, the_client_may_be_closed_inside_an_answer);
	tcase_add_test(tc, a_cancelled_request_is_told_about_once);
	tcase_add_test(tc, closing_cancels_what_is_under_way);
	suite_add_tcase(s, tc);
	tc = tcase_create("places");
	tcase_add_test(tc, a_unix_socket_serves_as_well);
	tcase_add_test(tc, endpoints_are_checked);
	tcase_add_test(tc, a_name_is_resolved_and_keeps_its_address_when_that_fails);
	tcase_add_test(tc, queries_are_escaped);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
