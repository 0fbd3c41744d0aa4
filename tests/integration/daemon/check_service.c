/* The process: command line, service manager, sockets, signals. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/unixsock.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testlib/run.h"

#define SOON_MS 60000

static struct daemon d;

static void setup(void)
{
	daemon_prepare(&d);
}

static void teardown(void)
{
	daemon_fini(&d);
}

static void ask_health(struct link *l)
{
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	ck_assert_int_eq(link_call(l, &env, &answer), 0);
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_HEALTH_REPORT);
}

/* ---- Command line ------------------------------------------------------------------------------ */

static int run(char *option, char *argument, const char *says)
{
	char *args[] = {"suandiand", option, argument, "--check-config", NULL};
	int status = daemon_run(&d, args);
	char *out = daemon_read(&d, "out");

	if (!strstr(out, says))
		ck_abort_msg("'%s' is not in: %s", says, out);
	free(out);
	return status;
}

START_TEST(the_command_line_explains_itself)
{
	ck_assert_int_eq(run("--help", "x", "--check-config"), 0);
	ck_assert_int_eq(run("--version", "x", "suandiand "), 0);
	ck_assert_int_eq(run("--frobnicate", "x", "--frobnicate"), 2);
	ck_assert_int_eq(run("--clock", "sun", "wall or driven"), 2);
	ck_assert_int_eq(run("--log-level", "loud", "--log-level"), 2);
	ck_assert_int_eq(run("--clock", "wall", "--config FILE is missing"), 2);
}
END_TEST

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "ae");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(every_fault_of_a_configuration_is_printed_with_its_place)
{
	ck_assert_int_eq(run("--config", d.config, "no fault"), 0);
	ck_assert_int_eq(run("--config", "/nonexistent.yaml", "/nonexistent.yaml"), 78);
	append(d.config, "plan:\n  period: 7parsecs\n  horizon: -1h\nnonsense: 1\n");
	ck_assert_int_eq(run("--config", d.config, "suandian.yaml:11"), 78);
	ck_assert_int_eq(run("--config", d.config, "suandian.yaml:12"), 78);
	ck_assert_int_eq(run("--config", d.config, "suandian.yaml:13"), 78);
	/* and a daemon does not start on it */
	daemon_spawn(&d);
	ck_assert_int_eq(daemon_wait(&d), 78);
}
END_TEST

/* ---- Service manager --------------------------------------------------------------------------- */

START_TEST(ready_watchdog_and_stopping_are_told)
{
	d.watchdog_usec = "200000";
	daemon_start(&d);
	ck_assert(daemon_hears(&d, "WATCHDOG=1", SOON_MS));
	ck_assert(daemon_hears(&d, "WATCHDOG=1", SOON_MS));
	ck_assert_int_eq(kill(d.pid, SIGTERM), 0);
	ck_assert(daemon_hears(&d, "STOPPING=1", SOON_MS));
	ck_assert_int_eq(daemon_wait(&d), 0);
}
END_TEST

START_TEST(without_a_watchdog_none_is_fed)
{
	daemon_start(&d);
	ck_assert_int_eq(kill(d.pid, SIGHUP), 0);
	ck_assert(daemon_hears(&d, "READY=1", SOON_MS));
	ck_assert(!daemon_hears(&d, "WATCHDOG=1", 300));
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(passed_sockets_are_used_and_left_alone)
{
	struct stat st;
	struct link *l;
	int lock;

	ck_assert_int_eq(unixsock_listen(d.control, 0600, &d.passed[0], &lock), 0);
	close(lock);
	ck_assert_int_eq(unixsock_listen(d.adapter, 0600, &d.passed[1], &lock), 0);
	close(lock);
	d.activated = true;
	/* whoever connects before it runs is served once it does */
	daemon_start(&d);
	l = link_open(d.control, "admin", "test", 0);
	ask_health(l);
	link_close(l);
	l = link_open(d.adapter, "adapter", "test", 1);
	ask_health(l);
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_int_eq(stat(d.control, &st), 0);
	/* the sockets outlive it: the next one takes over */
	daemon_start(&d);
	l = link_open(d.control, "observe", "test", 0);
	ask_health(l);
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(bound_sockets_have_their_mode_and_go_with_the_daemon)
{
	struct stat st;

	daemon_start(&d);
	ck_assert_int_eq(stat(d.control, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_int_eq(st.st_mode & 0777, 0660);
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_int_ne(stat(d.control, &st), 0);
	ck_assert_int_ne(stat(d.adapter, &st), 0);
}
END_TEST

START_TEST(a_socket_in_use_ends_the_start_with_a_reason)
{
	struct daemon second;
	char *log;

	daemon_start(&d);
	daemon_prepare(&second);
	free(second.control);
	second.control = strdup(d.control);
	daemon_spawn(&second);
	ck_assert_int_eq(daemon_wait(&second), 1);
	log = daemon_read(&second, "log");
	ck_assert_ptr_nonnull(strstr(log, d.control));
	free(log);
	daemon_fini(&second);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(one_store_is_one_daemon_s)
{
	struct daemon second;

	daemon_start(&d);
	daemon_prepare(&second);
	free(second.config);
	second.config = strdup(d.config);
	daemon_spawn(&second);
	ck_assert_int_eq(daemon_wait(&second), 1);
	daemon_fini(&second);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

/* ---- Reload ------------------------------------------------------------------------------------ */

static void reload(const char *says)
{
	char *log;

	ck_assert_int_eq(truncate(d.log, 0), 0);
	ck_assert_int_eq(kill(d.pid, SIGHUP), 0);
	ck_assert(daemon_hears(&d, "RELOADING=1\nMONOTONIC_USEC=", SOON_MS));
	ck_assert(daemon_hears(&d, "READY=1", SOON_MS));
	log = daemon_read(&d, "log");
	if (!strstr(log, says))
		ck_abort_msg("'%s' is not in: %s", says, log);
	free(log);
}

/* The text of the configuration in force has the line. */
static bool in_force(struct link *l, const char *line)
{
	Suandian__V1__GetConfig body = SUANDIAN__V1__GET_CONFIG__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_GET_CONFIG;
	env.get_config = &body;
	ck_assert_int_eq(link_call(l, &env, &answer), 0);
	return strstr(answer->config_text->text, line) != NULL;
}

START_TEST(a_reload_applies_the_configuration_or_changes_nothing)
{
	struct link *l;

	daemon_start(&d);
	l = link_open(d.control, "admin", "test", 0);
	reload("the same as before");
	append(d.config, "decision:\n  resend: 3s\n");
	ck_assert(in_force(l, "resend: 2s\n"));
	reload("the new configuration is in force");
	ck_assert(in_force(l, "resend: 3s\n"));
	append(d.config, "nonsense: 1\n");
	reload("keeping the one in force");
	ck_assert(in_force(l, "resend: 3s\n"));
	ask_health(l);
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

static int call_reload(struct link *l)
{
	Suandian__V1__ReloadConfig body = SUANDIAN__V1__RELOAD_CONFIG__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_RELOAD_CONFIG;
	env.reload_config = &body;
	return link_call(l, &env, &answer);
}

/* Valid until the next call. */
static const Suandian__V1__ConfigDiff *call_diff(struct link *l)
{
	Suandian__V1__DiffConfig body = SUANDIAN__V1__DIFF_CONFIG__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_DIFF_CONFIG;
	env.diff_config = &body;
	ck_assert_int_eq(link_call(l, &env, &answer), 0);
	return answer->config_diff;
}

START_TEST(differences_are_shown_and_a_reload_is_answered)
{
	const Suandian__V1__ConfigDiff *diff;
	struct link *l, *other;

	daemon_start(&d);
	l = link_open(d.control, "admin", "test", 0);
	ck_assert_uint_eq(call_diff(l)->n_changes, 0);
	append(d.config, "event: {band: 15%}\n");
	diff = call_diff(l);
	ck_assert_uint_eq(diff->n_changes, 1);
	ck_assert_str_eq(diff->changes[0]->path, "event.band");
	ck_assert_str_eq(diff->changes[0]->before, "20%");
	ck_assert_str_eq(diff->changes[0]->after, "15%");
	ck_assert_str_eq(diff->changes[0]->effect, "at once");
	ck_assert_uint_eq(diff->new_hash.len, 32);
	ck_assert_int_eq(call_reload(l), 0);
	ck_assert_uint_eq(call_diff(l)->n_changes, 0);
	append(d.config, "nonsense: 1\n");
	diff = call_diff(l);
	ck_assert_uint_eq(diff->n_faults, 1);
	ck_assert_uint_eq(diff->new_hash.len, 0);
	ck_assert_int_eq(call_reload(l), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(link_fault(l), "nonsense"));
	ck_assert(in_force(l, "band: \"15%\"\n") || in_force(l, "band: 15%\n"));
	other = link_open(d.control, "operate", "test", 0);
	ck_assert_int_eq(call_reload(other), ERR_DENIED);
	link_close(other);
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

/* The process is killed right behind a reload, again and again: it always starts with the files as they are. */
START_TEST(a_kill_in_the_middle_of_a_reload_is_survived)
{
	struct link *l;

	for (int i = 0; i < 8; i++) {
		daemon_start(&d);
		if (i == 0)
			append(d.config, "decision:\n  resend: 3s\n");
		ck_assert_int_eq(kill(d.pid, SIGHUP), 0);
		if (i % 2)
			ck_assert(daemon_hears(&d, "RELOADING=1", SOON_MS));
		daemon_kill(&d);
	}
	daemon_start(&d);
	l = link_open(d.control, "admin", "test", 0);
	ck_assert(in_force(l, "resend: 3s\n"));
	ask_health(l);
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

/* ---- The end under load ------------------------------------------------------------------------ */

static bool is_down(void *arg)
{
	return !link_is_up(arg);
}

START_TEST(sigterm_under_load_ends_cleanly)
{
	Suandian__V1__PointDecl decl = SUANDIAN__V1__POINT_DECL__INIT;
	Suandian__V1__PointDecl *list[] = {&decl};
	Suandian__V1__DeclarePoints points = SUANDIAN__V1__DECLARE_POINTS__INIT;
	struct link *l;
	uint32_t id = 1;
	int64_t t_ms = 1;
	double value = 5;

	decl.name = "hongyuan/pcc.power";
	decl.unit = SUANDIAN__V1__UNIT__UNIT_W;
	decl.kind = SUANDIAN__V1__VALUE_KIND__KIND_INSTANT;
	decl.period_ms = 1000;
	points.points = list;
	points.n_points = 1;
	daemon_start(&d);
	l = link_open(d.adapter, "adapter", "test", 1);
	ck_assert_int_eq(client_declare(link_client(l), &points), 0);
	for (int i = 0; i < 20000; i++, t_ms += 1000)
		ck_assert_int_eq(client_push(link_client(l), &id, &t_ms, &value, NULL, 1), 0);
	ck_assert_int_eq(kill(d.pid, SIGTERM), 0);
	ck_assert(link_pump(is_down, l, SOON_MS));
	ck_assert_int_eq(client_get_fault(link_client(l))->code, ERR_CLOSED);
	ck_assert_int_eq(daemon_wait(&d), 0);
	/* the rest is taken by the next one */
	daemon_start(&d);
	link_reconnect(l);
	ck_assert(link_flush(l, SOON_MS));
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon service");
	TCase *t = tcase_create("service");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_command_line_explains_itself);
	tcase_add_test(t, every_fault_of_a_configuration_is_printed_with_its_place);
	tcase_add_test(t, ready_watchdog_and_stopping_are_told);
	tcase_add_test(t, without_a_watchdog_none_is_fed);
	tcase_add_test(t, passed_sockets_are_used_and_left_alone);
	tcase_add_test(t, bound_sockets_have_their_mode_and_go_with_the_daemon);
	tcase_add_test(t, a_socket_in_use_ends_the_start_with_a_reason);
	tcase_add_test(t, one_store_is_one_daemon_s);
	tcase_add_test(t, a_reload_applies_the_configuration_or_changes_nothing);
	tcase_add_test(t, differences_are_shown_and_a_reload_is_answered);
	tcase_add_test(t, a_kill_in_the_middle_of_a_reload_is_survived);
	tcase_add_test(t, sigterm_under_load_ends_cleanly);
	suite_add_tcase(s, t);
	return run_suite(s);
}
