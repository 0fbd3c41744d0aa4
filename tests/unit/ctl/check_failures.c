/* What happens when things go wrong: exit status, what is said, and that nothing steers the terminal. */
#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctlrun.h"
#include "fake.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "world.h"

/* Every command that asks the daemon, with operands that do for it. */
static const char *const asking[] = {
	"status",
	"health",
	"metrics",
	"sites",
	"points",
	"latest",
	"range hongyuan/pcc.power",
	"plan hongyuan",
	"plan hongyuan --plot",
	"why hongyuan/bess",
	"forecast test",
	"forecast show hongyuan/it.power",
	"decisions",
	"watch --count 1",
	"jobs",
	"job show train-17",
	"job push /dev/null",
	"events",
	"event show 7",
	"event put hongyuan --id x --reduction 1MW --direction up --from 21:00 --to 22:00",
	"event cancel 7",
	"config show",
	"config diff",
	"config reload",
	"override put hongyuan/bess --charge 1MW --until +1h --reason test",
	"override cancel 5",
	"overrides",
	"asset out hongyuan/bess --until +1h --reason test",
	"asset back hongyuan/bess --reason test",
	"mode hold hongyuan --reason test",
	"pending",
	"approve 6",
	"refuse 6 --reason test",
	"dayflag put heat35 2025-07-15",
	"dayflags",
	"audit verify",
	"audit read",
	"audit trail",
};

static void expect(struct said said, const char *words, int status, const char *says)
{
	ck_assert_msg(said.status == status, "%s: status %d: %s%s", words, said.status, said.out,
		      said.err);
	ck_assert_msg(strstr(said.err, says) != NULL, "%s: \"%s\" lacks \"%s\"", words, said.err,
		      says);
}

START_TEST(all_asking_commands_are_tried_here)
{
	size_t n = 0;

	for (size_t i = 0; i < ctl_commands.n_commands; i++) {
		const char *name = ctl_commands.commands[i].name;
		bool tried = false;

		for (size_t k = 0; k < ARRAY_SIZE(asking); k++)
			tried = tried || strncmp(asking[k], name, strlen(name)) == 0;
		ck_assert_msg(tried == (ctl_commands.commands[i].role != NULL), "%s", name);
		n += tried;
	}
	ck_assert_uint_ge(n, 17);
}
END_TEST

START_TEST(no_daemon_is_status_3)
{
	char *path = tmpdir_path(tmpdir_new(), "nobody.sock");

	for (size_t i = 0; i < ARRAY_SIZE(asking); i++) {
		struct said said = ctl_run(path, asking[i]);

		expect(said, asking[i], CTL_UNREACHABLE, "is suandiand running?");
		expect(said, asking[i], CTL_UNREACHABLE, path);
		ck_assert_str_eq(said.out, "");
	}
	free(path);
}
END_TEST

START_TEST(a_daemon_that_says_nothing_is_status_3_after_the_timeout)
{
	const char *socket = fake_start(FAKE_MUTE);

	expect(ctl_run(socket, "health --timeout 50ms"), "health", CTL_UNREACHABLE,
	       "no answer within 0.1 s");
	fake_stop();
}
END_TEST

START_TEST(a_slow_daemon_is_status_3_after_the_timeout)
{
	const char *socket = fake_start(FAKE_SLOW);

	expect(ctl_run(socket, "plan hongyuan --timeout 60ms"), "plan", CTL_UNREACHABLE,
	       "no answer within");
	expect(ctl_run(socket, "range hongyuan/x --timeout 60ms"), "range", CTL_UNREACHABLE,
	       "no answer within");
	expect(ctl_run(socket, "audit read --timeout 60ms"), "audit", CTL_UNREACHABLE,
	       "no answer within");
	fake_stop();
}
END_TEST

START_TEST(a_refused_hello_is_status_1)
{
	expect(ctl_run(fake_start(FAKE_OLD), "health"), "health", CTL_REFUSED, "VERSION");
	fake_stop();
	expect(ctl_run(fake_start(FAKE_STRICT), "health"), "health", CTL_REFUSED,
	       "nobody has no role here");
	fake_stop();
}
END_TEST

/* Is Ok, which the confused daemon says to everything, the right answer? */
static bool is_answered_ok(const char *words)
{
	static const char *const changes[] = {"override put", "override cancel", "asset ",
					      "mode ",	      "approve ",	 "refuse ",
					      "dayflag put",  "job push"};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (strncmp(words, changes[i], strlen(changes[i])) == 0)
			return true;
	return false;
}

START_TEST(a_confused_daemon_is_status_3)
{
	const char *socket = fake_start(FAKE_CONFUSED);

	for (size_t i = 0; i < ARRAY_SIZE(asking); i++)
		if (strcmp(asking[i], "sites") != 0 && !is_answered_ok(asking[i]))
			expect(ctl_run(socket, asking[i]), asking[i], CTL_UNREACHABLE, "answer");
	fake_stop();
}
END_TEST

START_TEST(a_daemon_that_hangs_up_is_status_3)
{
	expect(ctl_run(fake_start(FAKE_HANGUP), "health"), "health", CTL_UNREACHABLE, "closed");
	fake_stop();
	expect(ctl_run(fake_start(FAKE_HANGUP), "watch"), "watch", CTL_UNREACHABLE, "closed");
	fake_stop();
}
END_TEST

START_TEST(refusals_are_status_1_and_say_why)
{
	const char *socket = fake_start(FAKE_NORMAL);

	expect(ctl_run(socket, "plan liangshan"), "plan", CTL_REFUSED,
	       "NOT_FOUND: site: no such site");
	expect(ctl_run(socket, "event show nothing"), "show", CTL_REFUSED, "no event nothing");
	expect(ctl_run(socket, "event show 7 --source grid"), "show", CTL_REFUSED,
	       "no event 7 of grid");
	expect(ctl_run(socket, "event put hongyuan --id x --reset"), "put", CTL_REFUSED,
	       "no event x of operator");
	expect(ctl_run(socket, "latest hongyuan/none"), "latest", CTL_REFUSED, "no point");
	expect(ctl_run(socket, "range hongyuan/pcc"), "range", CTL_REFUSED,
	       "no point hongyuan/pcc;");
	expect(ctl_run(socket, "event put hongyuan --id x --reduction 1MW --direction up --from "
			       "21:00 --to 22:00 --role observe"),
	       "put", CTL_REFUSED, "DENIED: the role observe must not put events");
	expect(ctl_run(socket, "event put hongyuan --id x --revision 0 --reduction 1MW "
			       "--direction up --from 21:00 --to 22:00"),
	       "put", CTL_REFUSED, "event.revision");
	fake_stop();
}
END_TEST

START_TEST(a_rejected_event_is_shown_and_status_1)
{
	const char *socket = fake_start(FAKE_NORMAL);
	struct said said = ctl_run(socket, "event put hongyuan --id x --reduction 1MW --direction "
					   "up --from 21:00 --to 22:00 --priority 99");

	ck_assert_int_eq(said.status, CTL_REFUSED);
	ck_assert_ptr_nonnull(strstr(said.out, "rejected"));
	fake_stop();
}
END_TEST

/* The fake takes the role admin for a broken chain. */
START_TEST(a_broken_chain_is_status_1)
{
	const char *socket = fake_start(FAKE_NORMAL);
	struct said said = ctl_run(socket, "audit verify --role admin");

	ck_assert_int_eq(said.status, CTL_REFUSED);
	ck_assert_ptr_nonnull(strstr(said.out, "chain broken at record 2 of 4711"));
	said = ctl_run(socket, "audit read --role admin");
	expect(said, "audit read", CTL_REFUSED, "CORRUPT: 1 of 2 records do not fit");
	ck_assert_ptr_nonnull(strstr(said.out, "DOES NOT FIT"));
	said = ctl_run(socket, "audit read --role admin --json");
	ck_assert_int_eq(said.status, CTL_REFUSED);
	ck_assert_ptr_nonnull(strstr(said.out, "\"broken\": 1"));
	fake_stop();
}
END_TEST

START_TEST(mistakes_are_status_2_without_asking)
{
	static const struct {
		const char *words, *says;
	} mistakes[] = {
		{"", "no command given"},
		{"plan", "plan needs SITE"},
		{"plan a --id 1 --at now", "one of --at, --id and --from"},
		{"plan a --to now", "--to only with --from"},
		{"why a --at now --decision 1", "not both"},
		{"latest a --prefix b", "not both"},
		{"health --timezone Mars/Olympus", "no such zone"},
		{"health --timeout 0s", "must not be 0"},
		{"event put s", "needs --id"},
		{"event put s --id x", "one of --reduction, --cap and --reset"},
		{"event put s --id x --cap 1MW --reset", "one of --reduction, --cap and --reset"},
		{"event put s --id x --cap 1MW", "needs --direction"},
		{"event put s --id x --cap 1MW --direction up", "needs --from"},
		{"event put s --id x --cap 1MW --direction up --from 21:00", "--to or --open-end"},
		{"event put s --id x --cap 1MW --direction up --from 21:00 --to 22:00 --open-end",
		 "not both"},
		{"event put s --id x --reset --band 101%", "at most 100%"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		struct said said = ctl_run("/nonexistent", mistakes[i].words);

		expect(said, mistakes[i].words, CTL_USAGE, mistakes[i].says);
		ck_assert_str_eq(said.out, "");
	}
}
END_TEST

START_TEST(an_empty_interval_is_status_2)
{
	const char *socket = fake_start(FAKE_NORMAL);

	expect(ctl_run(socket, "range hongyuan/pcc.power --from 18:00 --to 18:00"), "range",
	       CTL_USAGE, "is not after");
	expect(ctl_run(socket, "plan hongyuan --from now --to -1h"), "plan", CTL_USAGE,
	       "is not after");
	expect(ctl_run(socket,
		       "event put hongyuan --id e-20250715-1 --reset --from 2025-07-15T21:00 --to "
		       "2025-07-15T20:00"),
	       "put", CTL_USAGE, "is not after");
	fake_stop();
}
END_TEST

START_TEST(failures_are_json_too)
{
	const char *socket = fake_start(FAKE_NORMAL);
	struct said said = ctl_run(socket, "plan liangshan --json");
	json_t *root = json_loads(said.err, 0, NULL);
	const char *code = NULL;

	ck_assert_int_eq(said.status, CTL_REFUSED);
	ck_assert_int_eq(json_unpack(root, "{s:{s:s}}", "error", "code", &code), 0);
	ck_assert_str_eq(code, "NOT_FOUND");
	json_decref(root);
	fake_stop();
}
END_TEST

START_TEST(nothing_there_is_no_failure)
{
	const char *socket = fake_start(FAKE_EMPTY);

	for (size_t i = 0; i < 2; i++) {
		const char *json = i ? " --json" : "";
		static const char *const words[] = {"sites",	    "points",
						    "latest",	    "events",
						    "decisions",    "plan hongyuan --plot",
						    "plan hongyuan"};

		for (size_t k = 0; k < ARRAY_SIZE(words); k++) {
			char all[64];
			struct said said;

			snprintf(all, sizeof(all), "%s%s", words[k], json);
			said = ctl_run(socket, all);
			ck_assert_msg(said.status == CTL_OK, "%s: %s", all, said.err);
			ck_assert_str_ne(said.out, "");
		}
	}
	fake_stop();
}
END_TEST

/* No byte of a control sequence, of C1 controls or of bidirectional overrides arrives. */
static void check_harmless(const char *words, const char *text)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		ck_assert_msg((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t', "%s: byte %02x",
			      words, c);
	}
	ck_assert_msg(!strstr(text, "\xc2\x9b") && !strstr(text, world_override), "%s: %s", words,
		      text);
}

START_TEST(a_hostile_daemon_cannot_steer_the_terminal)
{
	const char *socket = fake_start(FAKE_HOSTILE);
	size_t seen = 0;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(asking); i++) {
		char words[128];
		struct said said;

		snprintf(words, sizeof(words), "%s%s", asking[i / 2], i % 2 ? " --json" : "");
		said = ctl_run(socket, words);
		check_harmless(words, said.out);
		check_harmless(words, said.err);
		seen += strstr(said.out, "owned") || strstr(said.err, "owned");
	}
	/* sites come unspoilt, metrics in text only once, an empty list of points has no text */
	ck_assert_uint_ge(seen, ARRAY_SIZE(asking));
	fake_stop();
}
END_TEST

/* ---- The program itself -------------------------------------------------------------------------- */

static pid_t start_program(const char *socket, const char *command, FILE **ret)
{
	const char *build = getenv("SUANDIAN_BUILD");
	int fds[2];
	pid_t pid;

	ck_assert_msg(build != NULL, "SUANDIAN_BUILD is not set: run this test with ctest");
	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert(pid >= 0);
	if (pid == 0) {
		char path[512];

		snprintf(path, sizeof(path), "%s/bin/suandianctl", build);
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execl(path, path, "--socket", socket, command, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	*ret = fdopen(fds[0], "r");
	return pid;
}

START_TEST(watch_shows_changes_and_ends_with_an_interrupt_and_status_0)
{
	const char *socket = fake_start(FAKE_NORMAL);
	FILE *out;
	pid_t pid = start_program(socket, "watch", &out);
	char line[512];
	int status;

	/* two are in force, and then the state of one changes */
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), out));
	ck_assert_ptr_nonnull(strstr(line, "904"));
	ck_assert_ptr_nonnull(strstr(line, "verified"));
	kill(pid, SIGINT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	fclose(out);
	fake_stop();
}
END_TEST

START_TEST(a_pipe_gets_no_color)
{
	const char *socket = fake_start(FAKE_NORMAL);
	FILE *out;
	pid_t pid = start_program(socket, "status", &out);
	char text[16384];
	size_t n = fread(text, 1, sizeof(text) - 1, out);
	int status;

	text[n] = '\0';
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	ck_assert_ptr_nonnull(strstr(text, "hongyuan"));
	ck_assert_ptr_null(strchr(text, '\033'));
	fclose(out);
	fake_stop();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ctl failures");
	TCase *tc = tcase_create("failures");

	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, all_asking_commands_are_tried_here);
	tcase_add_test(tc, no_daemon_is_status_3);
	tcase_add_test(tc, a_daemon_that_says_nothing_is_status_3_after_the_timeout);
	tcase_add_test(tc, a_slow_daemon_is_status_3_after_the_timeout);
	tcase_add_test(tc, a_refused_hello_is_status_1);
	tcase_add_test(tc, a_confused_daemon_is_status_3);
	tcase_add_test(tc, a_daemon_that_hangs_up_is_status_3);
	tcase_add_test(tc, refusals_are_status_1_and_say_why);
	tcase_add_test(tc, a_rejected_event_is_shown_and_status_1);
	tcase_add_test(tc, a_broken_chain_is_status_1);
	tcase_add_test(tc, mistakes_are_status_2_without_asking);
	tcase_add_test(tc, an_empty_interval_is_status_2);
	tcase_add_test(tc, failures_are_json_too);
	tcase_add_test(tc, nothing_there_is_no_failure);
	tcase_add_test(tc, a_hostile_daemon_cannot_steer_the_terminal);
	tcase_add_test(tc, watch_shows_changes_and_ends_with_an_interrupt_and_status_0);
	tcase_add_test(tc, a_pipe_gets_no_color);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
