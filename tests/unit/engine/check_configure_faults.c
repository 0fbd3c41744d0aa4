/* Every kind of fault that configure_load() finds, at its exact place. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "configure_lib.h"
#include "testlib/heap.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static const char *dir;
static struct loaded l;

static void setup(void)
{
	dir = config_dir_new();
	l = (struct loaded){0};
}

static void teardown(void)
{
	loaded_free(&l);
}

START_TEST(the_files_of_these_tests_are_sound)
{
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	ck_assert_int_eq(l.r, 0);
}
END_TEST

#define MAIN "main.yaml"
#define T "tariffs.d/t.yaml"
#define A "sites.d/a.yaml"

/* One change to a sound file, and what is said about it. */
static const struct {
	const char *file, *from, *to, *faults;
} cases[] = {
	/* settings */
	{MAIN, "15min", "20min", "main.yaml:3:11: plan.period: is no multiple of 15min\n"},
	{MAIN, "15min", "5min",
	 "main.yaml:3:11: plan.period: \"5min\" is out of range; allowed: a duration such as 15min (ms "
	 "s min h d) from 15min to 1d\n"},
	{MAIN, "fine: 24h", "fine: 2d", "main.yaml:5:9: plan.fine: is above plan.horizon\n"},
	{MAIN, "0.5 CNY", "6 CNY",
	 "main.yaml:6:24: event.surplus_price: is above event.penalty_price\n"},
	{MAIN, "fine: 24h", "reserve_price: 70 CNY/kWh",
	 "main.yaml:3:3: plan.overload_price: is not above plan.reserve_price\n"},
	{MAIN, "fine: 24h", "reserve_price: 20 CNY/kWh",
	 "main.yaml:5:18: plan.reserve_price: is not above 4 x event.penalty_price\n"},
	{MAIN, "fine: 24h", "ups_reserve_price: 240 CNY/kWh",
	 "main.yaml:5:22: plan.ups_reserve_price: is not above 4 x plan.overload_price\n"},
	{MAIN, "plan:", "plans:",
	 "main.yaml:2:1: unknown key \"plans\"; did you mean \"plan\"?; allowed: store, plan, decision, "
	 "event, override, approval, jobs, limits, include, access, tariffs, calendars, sites, network\n"},
	/* access */
	{MAIN, "user: li,", "user: li, group: g,",
	 "main.yaml:8:5: access[0]: a rule is for self: true, or for a user, or for a group: one of "
	 "them\n"},
	{MAIN, "user: li, ", "",
	 "main.yaml:8:5: access[0]: a rule is for self: true, or for a user, or for a group: one of "
	 "them\n"},
	{MAIN, "[observe]", "[adapter]",
	 "main.yaml:8:5: access[0]: the role adapter needs adapters: names of sources, or any\n"},
	{MAIN, "[observe]", "[observe], adapters: [sim]",
	 "main.yaml:8:44: access[0].adapters: only the role adapter has them\n"},
	{MAIN, "[observe]", "[observe, rule]",
	 "main.yaml:8:33: access[0].roles[1]: \"rule\" is not allowed; allowed: observe, operate, "
	 "admin, adapter, approve or audit\n"},
	{MAIN, "[observe]", "[]", "main.yaml:8:23: access[0].roles: 0 entries; allowed: 1 to 6\n"},
	/* tariffs */
	{T, "20:00-08:00", "21:00-08:00",
	 "tariffs.d/t.yaml:12:7: tariffs[0].seasons: month 1, 20:00-21:00 is in no period; every "
	 "minute is in exactly one\n"},
	{T, "critical 15:00-17:00", "critical 19:00-21:00",
	 "tariffs.d/t.yaml:18:17: tariffs[0].seasons[1].spans[0]: month 7: 20:00 is valley, not "
	 "peak\n"
	 "tariffs.d/t.yaml:18:17: tariffs[0].seasons[1].spans[0]: month 8: 20:00 is valley, not "
	 "peak\n"},
	{T, "critical: 1.92", "critical: 1.5",
	 "tariffs.d/t.yaml:9:48: tariffs[0].ratios.critical: not below peak\n"},
	{T, "2024-01-01", "2022-01-01",
	 "tariffs.d/t.yaml:6:15: tariffs[0].valid_to: is not after valid_from\n"},
	{T, "sell_price: 0.2", "sell_price: 0.25",
	 "tariffs.d/t.yaml:10:17: tariffs[0].sell_price: is above the lowest price to buy, 0.24 "
	 "CNY/kWh\n"},
	{T, "status: final", "status: true",
	 "tariffs.d/t.yaml:4:13: tariffs[0].status: \"true\" is not allowed; allowed: final, draft or "
	 "illustrative\n"},
	{T, "months: 7-8", "months: 7-13",
	 "tariffs.d/t.yaml:16:17: tariffs[0].seasons[1].months: \"7-13\" is not allowed; allowed: months "
	 "by number, such as 7 or 3-6, 10, 12-2\n"},
	{T, "peak 08:00-20:00", "peak 8-20",
	 "tariffs.d/t.yaml:14:13: tariffs[0].seasons[0].spans[0]: \"peak 8-20\" is not allowed; "
	 "allowed: valley, flat, peak or critical and local hours, such as peak 10:00-12:00\n"},
	{T, "        overlay: true\n", "        overlay: true\n        day_flag: Heat\n",
	 "tariffs.d/t.yaml:18:19: tariffs[0].seasons[1].day_flag: a flag is an id of [a-z0-9_.-]\n"},
	/* sites */
	{A, "tariff: t", "tariff: tt",
	 "sites.d/a.yaml:3:13: sites[0].tariff: there is no tariff \"tt\"; did you mean \"t\"?; there "
	 "are: t\n"},
	{A, "Asia/Shanghai", "Asia/Shangri-La",
	 "sites.d/a.yaml:4:11: sites[0].zone: \"Asia/Shangri-La\" is no time zone of this system, such "
	 "as Asia/Shanghai (no such thing)\n"},
	{A, "14MW", "21MW",
	 "sites.d/a.yaml:7:26: sites[0].pcc.contracted_demand: is above import_max\n"},
	{A, "pue: 1.25", "pue: 0.9", "sites.d/a.yaml:8:44: sites[0].load.pue: 1 to 5\n"},
	{A, "pue: 1.25", "PUE: 1.25",
	 "sites.d/a.yaml:8:11: sites[0].load: \"pue\" is missing\n"
	 "sites.d/a.yaml:8:39: sites[0].load: unknown key \"PUE\"; allowed: id, capacity, floor, pue\n"},
	{A, "soc_min: 0.8MWh", "soc_min: 9MWh",
	 "sites.d/a.yaml:17:18: sites[0].storage[0].soc_min: is not below soc_max\n"},
	{A, "reserve: 1.6MWh", "wear_price: 0 CNY/kWh",
	 "sites.d/a.yaml:18:21: sites[0].storage[0].wear_price: above 0: without it negative prices "
	 "would burn energy\n"},
	{A, "id: b", "id: pcc",
	 "sites.d/a.yaml:10:13: sites[0].storage[0].id: \"pcc\" is the point of common coupling itself\n"
	 "sites.d/a.yaml:20:7: sites[0].bindings: storage[pcc].soc is not bound; the site cannot be "
	 "planned without it\n"
	 "sites.d/a.yaml:21:16: sites[0].bindings[1].role: storage[b].soc: the site has no such asset\n"},
	{A, "role: temperature", "role: weather",
	 "sites.d/a.yaml:22:15: sites[0].bindings[2].role: \"weather\" is no role: pcc.power, "
	 "load.power, pv[ID].power, wind[ID].power, hydro[ID].power, storage[ID].soc, .power, "
	 "queue[ID].backlog, .power, .arrivals, .due, cooling[ID].temperature, .power, price.buy, "
	 "price.sell, temperature, carbon\n"},
	{A, "point: weather/t", "point: a//t",
	 "sites.d/a.yaml:23:16: sites[0].bindings[2].point: ids of [a-z0-9_.-] joined by '/', at most "
	 "96 bytes\n"},
	{A, "kind: battery", "kind: cell",
	 "sites.d/a.yaml:11:15: sites[0].storage[0].kind: \"cell\" is not allowed; allowed: battery or "
	 "ups\n"},
	{A, "sites:", "store: {}\nsites:",
	 "sites.d/a.yaml:1:1: unknown key \"store\"; allowed: access, tariffs, calendars, sites, "
	 "network\n"},
};

START_TEST(each_fault_is_told_where_it_stands)
{
	config_change(dir, cases[_i].file, cases[_i].from, cases[_i].to);
	l = config_load(dir);
	ck_assert_int_eq(l.r, ERR_INVALID);
	ck_assert_ptr_null(l.c);
	if (strcmp(cases[_i].from, "20:00-08:00") != 0) {
		ck_assert_str_eq(loaded_faults(&l, dir), cases[_i].faults);
		return;
	}
	/* the gap is told for every month */
	ck_assert_uint_eq(l.faults.n, 12);
	ck_assert_int_eq(
		strncmp(loaded_faults(&l, dir), cases[_i].faults, strlen(cases[_i].faults)), 0);
}
END_TEST

START_TEST(the_faults_of_all_files_come_in_one_answer)
{
	config_change(dir, MAIN, "15min", "5min");
	config_change(dir, T, "status: final", "status: true");
	config_change(dir, A, "pue: 1.25", "pue: -");
	config_write(dir, "sites.d/b.yaml", "sites: [\n");
	config_write(dir, "sites.d/c.yaml", "sites: {}\n");
	l = config_load(dir);
	ck_assert_int_eq(l.r, ERR_INVALID);
	ck_assert_str_eq(
		loaded_faults(&l, dir),
		"main.yaml:3:11: plan.period: \"5min\" is out of range; allowed: a duration such as "
		"15min (ms s min h d) from 15min to 1d\n"
		"sites.d/b.yaml:2:1: no YAML: did not find expected node content while parsing a "
		"flow node\n"
		"tariffs.d/t.yaml:4:13: tariffs[0].status: \"true\" is not allowed; allowed: final, "
		"draft or illustrative\n"
		"sites.d/a.yaml:8:44: sites[0].load.pue: \"-\" is not allowed; allowed: a ratio such "
		"as 0.95 or 95% (no unit, %) from -1000 to 1000\n"
		"sites.d/c.yaml:1:8: sites: a map is not allowed; allowed: a list\n");
}
END_TEST

START_TEST(ids_are_unique_across_files)
{
	config_write(dir, "sites.d/b.yaml", config_text(A));
	config_write(dir, "tariffs.d/u.yaml", config_text(T));
	l = config_load(dir);
	ck_assert_str_eq(
		loaded_faults(&l, dir),
		"tariffs.d/u.yaml:2:9: tariffs[0].id: \"t\" is taken: tariffs.d/t.yaml:2:9\n"
		"sites.d/b.yaml:2:9: sites[0].id: \"a\" is taken: sites.d/a.yaml:2:9\n"
		"sites.d/b.yaml:20:34: sites[0].bindings[0].point: a/pcc is bound already: "
		"sites.d/a.yaml:20:34\n"
		"sites.d/b.yaml:21:41: sites[0].bindings[1].point: a/soc is bound already: "
		"sites.d/a.yaml:21:41\n");
}
END_TEST

START_TEST(a_missing_tariff_file_is_not_blamed_on_the_sites)
{
	config_write(dir, T, "tariffs: [");
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir),
			 "tariffs.d/t.yaml:2:1: no YAML: did not find expected "
			 "node content while parsing a flow node\n");
}
END_TEST

START_TEST(includes_must_match)
{
	config_write(dir, MAIN, "include: [nowhere.yaml, 'no*.yaml', main.yaml, /dev/null]\n");
	l = config_load(dir);
	ck_assert_int_eq(l.r, ERR_INVALID);
	ck_assert_str_eq(loaded_faults(&l, dir), "main.yaml:1:11: no file matches\n"
						 "main.yaml:1:25: no file matches\n"
						 "/dev/null: is no regular file\n");
}
END_TEST

START_TEST(files_that_cannot_be_read_are_faults)
{
	char *path = tmpdir_path(dir, MAIN);

	ck_assert_int_eq(unlink(path), 0);
	free(path);
	l = config_load(dir);
	ck_assert_int_eq(l.r, -ENOENT);
	ck_assert_str_eq(loaded_faults(&l, dir),
			 "main.yaml: cannot be read: No such file or directory\n");
}
END_TEST

START_TEST(too_many_files_are_refused)
{
	char name[40];

	for (int i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "tariffs.d/x%03d.yaml", i);
		config_write(dir, name, "");
	}
	l = config_load(dir);
	ck_assert_int_eq(l.r, ERR_INVALID);
	ck_assert_str_eq(loaded_faults(&l, dir), "tariffs.d/x254.yaml: at most 256 files\n"
						 "tariffs.d/x255.yaml: at most 256 files\n"
						 "sites.d/a.yaml: at most 256 files\n");
}
END_TEST

START_TEST(hostile_files_cost_little_and_are_told)
{
	FILE *f;
	char *path = tmpdir_path(dir, A);

	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("sites: [", f);
	for (int i = 0; i < 1000; i++)
		fprintf(f, "{storage: [{},{},{},{},{},{},{},{}], k%d: 1},", i);
	fputs("]\n", f);
	fclose(f);
	free(path);
	l = config_load(dir);
	ck_assert_int_eq(l.r, ERR_INVALID);
	ck_assert_uint_eq(l.faults.n, FAULTS_MAX);
	ck_assert_uint_gt(l.faults.n_dropped, 10000);
}
END_TEST

/* Whenever memory runs out there is a fault and no configuration; not a crash, and never half of one. */
START_TEST(memory_that_runs_out_is_never_silent)
{
	char *path = tmpdir_path(dir, MAIN);
	struct fault_list faults;
	struct configuration *c = NULL;
	uint8_t hash[SHA256_LEN];
	long k;

	l = config_load(dir);
	memcpy(hash, l.c->hash, sizeof(hash));
	zone_unload_all();
	for (k = 1;; k++) {
		int r;

		fault_list_init(&faults);
		heap_fail_at(k);
		r = configure_load(path, &c, &faults);
		if (!heap_stop()) {
			ck_assert_int_eq(r, 0);
			break;
		}
		/* sorting the faults can do without */
		if (r == 0) {
			ck_assert(fault_list_is_empty(&faults));
			ck_assert_mem_eq(c->hash, hash, sizeof(hash));
			configuration_free(c);
			c = NULL;
		} else {
			ck_assert(!fault_list_is_empty(&faults));
		}
		ck_assert_ptr_null(c);
		fault_list_fini(&faults);
		zone_unload_all();
	}
	ck_assert_int_gt(k, 20);
	configuration_free(c);
	fault_list_fini(&faults);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("configure_faults");
	TCase *t = tcase_create("configure_faults");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_files_of_these_tests_are_sound);
	tcase_add_loop_test(t, each_fault_is_told_where_it_stands, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, the_faults_of_all_files_come_in_one_answer);
	tcase_add_test(t, ids_are_unique_across_files);
	tcase_add_test(t, a_missing_tariff_file_is_not_blamed_on_the_sites);
	tcase_add_test(t, includes_must_match);
	tcase_add_test(t, files_that_cannot_be_read_are_faults);
	tcase_add_test(t, too_many_files_are_refused);
	tcase_add_test(t, hostile_files_cost_little_and_are_told);
	tcase_add_test(t, memory_that_runs_out_is_never_silent);
	suite_add_tcase(s, t);
	return run_suite(s);
}
