/* An operator's day, as typed: stories 5, 6, 10 and 11 of the domain's list, against a real daemon on a driven clock,
 * with two people. The second one is nobody, which takes root: else those parts are skipped. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/slot.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testdaemon/site.h"
#include "testlib/run.h"
#include "testlib/shared.h"
#include "testlib/tmpdir.h"

/* 2025-07-15 00:00 in Shanghai */
#define T0 INT64_C(1752508800000)
#define SAID_MAX (1 << 18)

static struct daemon d;
static struct link *admin;
static struct link *adapter;
static char *ctl_path;
static char said[SAID_MAX];

/* ---- The daemon, its plant ------------------------------------------------------------------------ */

static void write_config(void)
{
	const char *source = daemon_source_dir();
	FILE *f = fopen(d.config, "we");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"store: {path: store}\n"
		"include:\n"
		"  - %s/config/sichuan/tariffs.d/sc-tou-2023.yaml\n"
		"  - %s/config/examples/sichuan-one/sites.d/hongyuan.yaml\n"
		"access:\n"
		"  - {self: true, roles: [operate, admin, adapter, approve, audit], adapters: [any]}\n"
		"  - {user: nobody, roles: [observe, approve]}\n"
		"approval: {above: 2MW, verbs: [override], term: 30min}\n",
		source, source);
	ck_assert_int_eq(fclose(f), 0);
}

static void enter(uint64_t epoch)
{
	admin = link_open(d.control, "admin", "test", 0);
	adapter = link_open(d.adapter, "adapter", "sim", epoch);
}

/* Runs it to its end: the exit status, with all that it said in `said`. */
static int shell(const char *command)
{
	size_t n = 0;
	ssize_t got;
	int fd[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (dup2(fd[1], 1) < 0 || dup2(fd[1], 2) < 0)
			_exit(126);
		close(fd[0]);
		close(fd[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	while (n + 1 < sizeof(said) && (got = read(fd[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(fd[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

/* nobody reaches the socket and a program of his own. */
static void let_nobody_in(void)
{
	char command[1024];

	ck_assert_int_eq(chmod(d.dir, 0711), 0);
	ck_assert_int_eq(chmod(d.control, 0666), 0);
	ctl_path = tmpdir_path(d.dir, "suandianctl");
	snprintf(command, sizeof(command), "install -m 755 '%s/bin/suandianctl' '%s'",
		 daemon_build_dir(), ctl_path);
	ck_assert_int_eq(shell(command), 0);
}

static void call(Suandian__V1__Envelope *env)
{
	const Suandian__V1__Envelope *answer;

	if (link_call(admin, env, &answer) != 0)
		ck_abort_msg("refused: %s", link_fault(admin));
}

static void claim(int64_t start_ms)
{
	Suandian__V1__ClaimClock body = SUANDIAN__V1__CLAIM_CLOCK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.start_ms = start_ms;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CLAIM_CLOCK;
	env.claim_clock = &body;
	call(&env);
}

static void step(int64_t to_ms)
{
	Suandian__V1__AdvanceTime body = SUANDIAN__V1__ADVANCE_TIME__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	site_push(adapter, to_ms);
	ck_assert(link_flush(adapter, 60000));
	body.to_ms = to_ms;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_ADVANCE_TIME;
	env.advance_time = &body;
	call(&env);
}

static void steps(int64_t from_ms, int64_t to_ms)
{
	for (int64_t t = from_ms + SLOT_MS; t < to_ms; t += SLOT_MS)
		step(t);
	step(to_ms);
}

static void begin_day(void)
{
	claim(T0);
	site_declare(adapter);
	ck_assert_int_eq(client_subscribe_decisions(link_client(adapter), NULL, 0), 0);
	site_push(adapter, T0);
	ck_assert(link_flush(adapter, 60000));
	site_push_curves(adapter, T0);
	step(T0 + MS_PER_MIN);
}

static void setup(void)
{
	daemon_prepare(&d);
	write_config();
	d.driven = true;
	daemon_start(&d);
	let_nobody_in();
	enter(1);
	begin_day();
}

static void teardown(void)
{
	link_close(admin);
	link_close(adapter);
	ck_assert_int_eq(daemon_stop(&d), 0);
	free(ctl_path);
	daemon_fini(&d);
}

/* ---- The people ----------------------------------------------------------------------------------- */

static int run(const char *before, const char *words)
{
	char command[2048];

	snprintf(command, sizeof(command), "%s'%s' --socket '%s' --width 200 %s", before, ctl_path,
		 d.control, words);
	return shell(command);
}

/* As the user that the daemon runs as; must succeed. */
static void type(const char *words)
{
	int status = run("", words);

	ck_assert_msg(status == 0, "suandianctl %s: status %d: %s", words, status, said);
}

static void type_refused(const char *words, int want)
{
	int status = run("", words);

	ck_assert_msg(status == want, "suandianctl %s: status %d: %s", words, status, said);
}

static int type_as_nobody(const char *words)
{
	return run("runuser -u nobody -- ", words);
}

static void need_second_person(void)
{
	if (geteuid() != 0 || type_as_nobody("version") != 0)
		skip_test("a second person takes root, runuser, and a way into %s", d.dir);
}

static void hears(const char *text)
{
	ck_assert_msg(strstr(said, text) != NULL, "\"%s\" is not in: %s", text, said);
}

static void hears_not(const char *text)
{
	ck_assert_msg(strstr(said, text) == NULL, "\"%s\" is in: %s", text, said);
}

static void put_event(void)
{
	type("event put hongyuan --id story --reduction 2MW --direction up --from 01:00 --to 02:00");
}

static long shortfall(void)
{
	const char *at;

	type("event show story --json");
	at = strstr(said, "\"shortfall_wh\": ");
	ck_assert_ptr_nonnull(at);
	return strtol(at + strlen("\"shortfall_wh\": "), NULL, 10);
}

/* Debian's prometheus has nothing to say against our metrics. */
static void lint_metrics(void)
{
	char command[2048];

	snprintf(command, sizeof(command),
		 "command -v promtool >/dev/null || exit 0\n"
		 "[ -z \"$('%s' --socket '%s' metrics | promtool check metrics 2>&1)\" ]",
		 ctl_path, d.control);
	ck_assert_int_eq(shell(command), 0);
}

/* ---- Story 5: why is my hall cut? ------------------------------------------------------------------ */

START_TEST(a_manager_is_told_why_in_one_line)
{
	put_event();
	steps(T0, T0 + 90 * MS_PER_MIN);
	type("why hongyuan/bess --at 01:30");
	hears(" → ");
	hears(": event ");
	hears("reserve 1.600 MWh ok");
	hears("data ");
	hears("Limits that bind");
	type("why hongyuan/batch --at 01:30");
	hears("tier F");
	hears("floor 3.000 MW ok");
	type("override put hongyuan/bess --rest --until 02:30 --reason 'cable work'");
	type("why hongyuan/bess");
	hears("override 1: power 0 W until 2025-07-15 02:30, by ");
	hears("cable work");
	type("why hongyuan/bess --json");
	hears("\"headline\": \"");
	hears("\"data_age_ms\": ");
}
END_TEST

/* ---- Story 6: generator test ----------------------------------------------------------------------- */

START_TEST(an_asset_is_out_during_an_event_and_comes_back)
{
	long before;

	put_event();
	steps(T0, T0 + 75 * MS_PER_MIN);
	type("event show story");
	hears("active");
	before = shortfall();
	type("asset out hongyuan/bess --until 02:30 --reason 'generator test'");
	hears("out of service");
	/* another plan is made at once, and with it the shortfall is stated */
	step(T0 + 76 * MS_PER_MIN);
	ck_assert_int_gt(shortfall(), before + 500000);
	type("sites");
	hears("out of service until 02:30: generator test");
	type("event show story");
	hears("active");
	type("why hongyuan/bess");
	hears("release");
	hears("availability 1: out of service until 2025-07-15 02:30");
	type("decisions hongyuan/bess --limit 1");
	hears("release");
	hears("override");
	steps(T0 + 76 * MS_PER_MIN, T0 + 151 * MS_PER_MIN);
	type("sites");
	hears_not("out of service");
	type("overrides --all");
	hears("expired");
	type("decisions hongyuan/bess --limit 1");
	hears_not("release");
}
END_TEST

/* ---- Story 10: the auditor ------------------------------------------------------------------------- */

START_TEST(both_authorisers_are_in_the_trail)
{
	need_second_person();
	type("override put hongyuan/bess --charge 3MW --until 02:00 --reason 'test charge'");
	hears("number 1 waits until a second person approves it");
	type("pending");
	hears("power 3.000 MW");
	hears("pending until 00:31");
	type("health");
	hears("1 wait for a second person");
	/* one person does not turn both keys, though his role is the right one */
	type_refused("approve 1", 1);
	hears("a second person has to decide");
	ck_assert_int_eq(type_as_nobody("approve 1 --reason 'seen it'"), 0);
	hears("approved");
	type("overrides");
	hears("approved by nobody");
	type("audit verify --from 2025-07-15");
	hears("chain ok: ");
	hears(" since 2025-07-15 00:00");
	type("--role audit audit trail --asset hongyuan/bess");
	hears("power 3.000 MW: put");
	hears(" + nobody");
	hears("test charge");
	hears_not("hongyuan/ups");
	/* what is refused is in the chain, too */
	ck_assert_int_eq(type_as_nobody("mode hold --reason no"), 1);
	hears("may not operate");
	ck_assert_int_eq(type_as_nobody("--role audit audit verify"), 1);
	type("audit trail");
	hears("second person has to decide");
	hears("nobody may not operate");
}
END_TEST

/* ---- Story 11: restart in the middle --------------------------------------------------------------- */

START_TEST(health_says_it_all_and_a_restart_loses_nothing)
{
	put_event();
	type("override put hongyuan/bess --discharge 1.5MW --until 02:00 --reason 'by hand'");
	steps(T0, T0 + 75 * MS_PER_MIN);
	type("mode advisory hongyuan --reason 'new cells'");
	type("health");
	hears("adapter sim: newest sample ");
	hears("connected");
	hears("watermark: ");
	hears("ack p99 ");
	hears("ledger ");
	hears("solver: last plan in ");
	hears("mode advisory by ");
	hears("1 override, 0 out of service");
	lint_metrics();
	daemon_kill(&d);
	daemon_start(&d);
	ck_assert_int_eq(chmod(d.control, 0666), 0);
	link_reconnect(admin);
	link_reconnect(adapter);
	claim(0);
	type("event show story");
	hears("active");
	type("overrides");
	hears("by hand");
	type("decisions hongyuan/bess --limit 1");
	hears("discharge at 1.500 MW");
	type("decisions hongyuan/ups --limit 1");
	hears("release");
	type("health");
	hears("mode advisory by ");
	type("override cancel hongyuan/bess --reason 'done'");
	type("mode auto --reason 'cells are in'");
	type("health");
	hears_not("advisory");
	type("audit verify");
	hears("chain ok");
}
END_TEST

/* ---- What is refused ------------------------------------------------------------------------------- */

START_TEST(limits_and_missing_words_are_told)
{
	type_refused("override put hongyuan/bess --charge 9MW --until 02:00 --reason x", 1);
	hears("charge_max, 4.000 MW");
	type_refused("override put hongyuan/bess --charge 1MW --until 02:00", 2);
	type_refused("override put hongyuan/bess --charge 1MW --reason x", 2);
	type_refused("override put hongyuan/bess --until 02:00 --reason x", 2);
	type_refused("override put hongyuan/batch --cap 3MW --until 02:00 --reason x", 1);
	hears("2.800 MW");
	type_refused("override cancel 77", 1);
	type_refused("approve 77", 1);
	type_refused("asset out hongyuan/none --until 02:00 --reason x", 1);
	type_refused("mode hold other --reason x", 1);
	type_refused("dayflag put heat35 2025-07-32", 1);
	type("dayflag put heat35 2025-07-16 --scope hongyuan --source weather");
	type("dayflags");
	hears("weather");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_operator");
	TCase *t = tcase_create("day");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_manager_is_told_why_in_one_line);
	tcase_add_test(t, an_asset_is_out_during_an_event_and_comes_back);
	tcase_add_test(t, both_authorisers_are_in_the_trail);
	tcase_add_test(t, health_says_it_all_and_a_restart_loses_nothing);
	tcase_add_test(t, limits_and_missing_words_are_told);
	suite_add_tcase(s, t);
	return run_suite(s);
}
