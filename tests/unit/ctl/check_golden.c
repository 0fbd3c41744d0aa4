/* Every command against the fake daemon: its text and its JSON are what the golden files say. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "ctlrun.h"
#include "fake.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

/* Golden files: <name>.txt and, with --json, <name>.json. */
static const struct {
	const char *name;
	const char *words;
} goldens[] = {
	{"status", "status"},
	{"health", "health"},
	{"metrics", "metrics"},
	{"sites", "sites"},
	{"points", "points"},
	{"points-prefix", "points hongyuan/b"},
	{"latest", "latest"},
	{"latest-some", "latest hongyuan/bess.soc hongyuan/pcc.power"},
	{"latest-prefix", "latest --prefix hongyuan/p"},
	{"range", "range hongyuan/pcc.power --from 18:00 --to 19:00"},
	{"plan", "plan hongyuan"},
	{"plan-record", "plan hongyuan --from 18:00 --to 20:00"},
	{"why", "why hongyuan/bess --at 21:30"},
	{"why-decision", "why hongyuan/bess --decision 904"},
	{"replan", "replan hongyuan"},
	{"replay", "replay 311"},
	{"whatif-event",
	 "whatif event hongyuan --direction up --reduction 1.5MW --from 21:00 --to 22:00 --pay 3"},
	{"whatif-outage", "whatif outage hongyuan/bess --from 21:00 --to 22:00"},
	{"whatif-price", "whatif price hongyuan --factor 150% --from 21:00 --to 22:00"},
	{"forecast-test", "forecast test"},
	{"forecast-test-point", "forecast test hongyuan/it.power --days 30"},
	{"forecast-show", "forecast show hongyuan/it.power"},
	{"decisions", "decisions"},
	{"decisions-asset", "decisions hongyuan/bess --limit 1"},
	{"watch", "watch --after 900 --count 4"},
	{"watch-in-force", "watch --count 2"},
	{"watch-asset", "watch hongyuan/pv* --after 1 --count 1"},
	{"jobs", "jobs"},
	{"jobs-window", "jobs hongyuan --queue batch --window tonight --state pending"},
	{"job-show", "job show train-17"},
	{"events", "events hongyuan"},
	{"event-show", "event show e-20250715-1"},
	{"event-show-number", "event show 8"},
	{"event-put",
	 "event put hongyuan --id x-1 --reduction 1MW --direction up --from 21:00 --to "
	 "22:15 --ramp 15min --pay 2 --penalty 4.5 --band 20% --note 'keep it'"},
	{"event-put-cap",
	 "event put hongyuan --id x-2 --source grid --revision 3 --cap 8MW --direction "
	 "dn --from 23:30 --to 00:30 --priority 2 --correlation c-1"},
	{"event-put-reset", "event put hongyuan --id e-20250715-1 --reset"},
	{"event-put-reset-window",
	 "event put hongyuan --id e-20250715-1 --reset --revision 9 --direction "
	 "up --from now --open-end"},
	{"event-cancel", "event cancel 7 --reason 'not needed'"},
	{"config-show", "config show"},
	{"config-diff", "config diff"},
	{"config-reload", "config reload"},
	{"override-put",
	 "override put hongyuan/bess --discharge 1.5MW --until 21:00 --reason test"},
	{"override-put-waits", "override put hongyuan/bess --rest --until +1h --reason wait"},
	{"override-cancel", "override cancel hongyuan/bess --reason over"},
	{"overrides", "overrides"},
	{"overrides-all", "overrides hongyuan/* --all"},
	{"asset-out", "asset out hongyuan/bess --until 18:00 --reason test"},
	{"mode", "mode advisory --reason test"},
	{"pending", "pending"},
	{"approve", "approve 6"},
	{"dayflag-put", "dayflag put heat35 2025-07-15 2025-07-16 --scope Asia/Shanghai"},
	{"dayflags", "dayflags"},
	{"audit-trail", "audit trail"},
	{"audit-trail-asset", "audit trail --asset hongyuan/bess"},
	{"audit-verify", "audit verify"},
	{"audit-read", "audit read"},
	{"audit-read-from", "audit read --from 2 --limit 5"},
};

static void check_one(const char *socket, const char *name, const char *words, bool json)
{
	char file[64], all[512];
	struct said said;

	snprintf(file, sizeof(file), "%s.%s", name, json ? "json" : "txt");
	snprintf(all, sizeof(all), "%s%s", words, json ? " --json" : "");
	said = ctl_run(socket, all);
	ck_assert_msg(said.status == 0, "%s: status %d: %s", all, said.status, said.err);
	ck_assert_str_eq(said.err, "");
	golden_check(file, said.out);
}

START_TEST(text_is_golden)
{
	check_one(fake_start(FAKE_NORMAL), goldens[_i].name, goldens[_i].words, false);
	fake_stop();
}
END_TEST

START_TEST(json_is_golden_and_parses)
{
	const char *name = goldens[_i].name;

	check_one(fake_start(FAKE_NORMAL), name, goldens[_i].words, true);
	fake_stop();
}
END_TEST

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(jobs_are_pushed_from_a_table)
{
	static const char good[] =
		"id,site,queue,tier,devices,work_ds,checkpoint_period,preemptible,deadline\n"
		"# two of them\n"
		"a1, hongyuan, batch, F2, 64, 230400, 1h, yes,\n"
		"a2,hongyuan,batch,2,1,60,,true,+6h\n";
	static const char bad[] = "id,site,queue,devices,work_ds\na1,hongyuan,batch,many,5\n";
	const char *socket = fake_start(FAKE_NORMAL);
	char *path = tmpdir_path(tmpdir_new(), "jobs.csv"), words[512];
	struct said said;

	write_file(path, good);
	snprintf(words, sizeof(words), "job push %s", path);
	said = ctl_run(socket, words);
	ck_assert_msg(said.status == 0, "%s", said.err);
	ck_assert_str_eq(said.out, "2 jobs pushed\n");
	write_file(path, bad);
	said = ctl_run(socket, words);
	ck_assert_int_eq(said.status, 2);
	ck_assert_ptr_nonnull(strstr(said.err, "jobs.csv:2: devices: many"));
	free(path);
	fake_stop();
}
END_TEST

/* Forms that have no JSON of their own. */
START_TEST(plots_are_golden)
{
	static const struct {
		const char *file, *words;
	} plots[] = {
		{"plan-plot.txt", "plan hongyuan --plot"},
		{"plan-plot-80.txt", "plan hongyuan --plot --width 80"},
		{"plan-plot-ascii.txt", "plan hongyuan --plot --ascii --width 80"},
		{"plan-plot-record.txt", "plan hongyuan --plot --from 18:00 --to 20:00"},
		{"plan-plot-color.txt", "plan hongyuan --plot --color always"},
		{"forecast-show-table.txt",
		 "forecast show hongyuan/it.power --days 2 --table --ascii --width 80"},
		{"range-csv.txt", "range hongyuan/pcc.power --from 18:00 --to 19:00 --csv"},
		{"event-show-ascii.txt", "event show 7 --ascii"},
		{"event-show-color.txt", "event show 7 --color always"},
		{"latest-utc.txt", "latest --timezone UTC"},
	};
	const char *socket = fake_start(FAKE_NORMAL);

	for (size_t i = 0; i < ARRAY_SIZE(plots); i++) {
		struct said said = ctl_run(socket, plots[i].words);

		ck_assert_msg(said.status == 0, "%s: %s", plots[i].words, said.err);
		golden_check(plots[i].file, said.out);
	}
	fake_stop();
}
END_TEST

START_TEST(help_is_golden)
{
	static const struct {
		const char *file, *words;
	} helps[] = {
		{"help.txt", "--help"},
		{"help-event-put.txt", "event put --help"},
		{"completion.bash", "completion bash"},
		{"completion.zsh", "completion zsh"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(helps); i++) {
		struct said said = ctl_run(NULL, helps[i].words);

		ck_assert_int_eq(said.status, 0);
		ck_assert_str_eq(said.err, "");
		golden_check(helps[i].file, said.out);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ctl golden");
	TCase *tc = tcase_create("golden");

	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, text_is_golden, 0, (int)ARRAY_SIZE(goldens));
	tcase_add_loop_test(tc, json_is_golden_and_parses, 0, (int)ARRAY_SIZE(goldens));
	tcase_add_test(tc, jobs_are_pushed_from_a_table);
	tcase_add_test(tc, plots_are_golden);
	tcase_add_test(tc, help_is_golden);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
