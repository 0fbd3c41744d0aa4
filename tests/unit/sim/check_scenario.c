/* sim.yaml, and the series of a run that it describes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/exo.h"
#include "sim/points.h"
#include "sim/run.h"
#include "sim/scenario_load.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define STEP (5 * MS_PER_MIN)

static const char minimal[] = "site: s1\n"
			      "pcc: {import_max: 20MW, export_max: 10MW}\n"
			      "load:\n"
			      "  id: it\n"
			      "  capacity: 8MW\n"
			      "  demand: {kind: constant, value: 4000000}\n"
			      "prices:\n"
			      "  buy: {kind: profile, profile: [0.3, 0.9], scale: 10000}\n"
			      "  sell: {kind: constant, value: 1000}\n";

static char *write_file(const char *dir, const char *name, const char *text)
{
	char *path = tmpdir_path(dir, name);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

static struct scenario_set *load(const char *path)
{
	struct fault_list faults;
	struct scenario_set *s = NULL;
	char text[512] = "";
	int r;

	fault_list_init(&faults);
	r = scenario_load(path, &s, &faults);
	if (faults.n)
		conf_fault_format(&faults.at[0], text, sizeof(text));
	ck_assert_msg(r == 0, "%s: %d %s", path, r, text);
	fault_list_fini(&faults);
	return s;
}

static char *source(const char *name)
{
	static char path[1024];

	(void)snprintf(path, sizeof(path), "%s/%s", getenv("SUANDIAN_SOURCE"), name);
	return path;
}

START_TEST(the_documented_files_are_sound)
{
	static const char *const files[] = {"adapters/sim/sim.yaml",
					    "config/examples/sichuan-one/sim.yaml"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct scenario_set *set = load(source(files[i]));
		struct scenario *s = set->sites;

		ck_assert_str_eq(s->plant.site, "hongyuan");
		ck_assert_int_eq(s->plant.pcc.contracted_w, 14000000);
		ck_assert_int_eq(s->plant.load.pue_ppm, 1250000);
		ck_assert_int_eq(s->plant.n_gen, 1);
		ck_assert_int_eq(s->plant.queues[0].devices, 4000);
		ck_assert_int_eq(s->plant.storage[0].soc_min_wh, 800000);
		ck_assert_int_eq(s->buy.n_profile, 24);
		free(set);
	}
}
END_TEST

START_TEST(all_that_is_wrong_is_said_with_its_place)
{
	char *path = write_file(
		tmpdir_new(), "sim.yaml",
		"site: s1\n"
		"zone: Mars/Base\n"
		"pcc: {import_max: 20MW, export_max: 10MW}\n"
		"load: {id: a, capacity: 8MW}\n"
		"storage:\n"
		"  - {id: a, energy: 8MWh, charge_max: 1MW, discharge_max: 1MW,\n"
		"     soc_max: 9MWh, soc_start: 10MWh}\n"
		"prices:\n"
		"  buy: {kind: csv, csv: {path: x.csv, time: t, column: c, zone: Nowhere}}\n"
		"  sell: {kind: profile}\n");
	static const char *const says[] = {
		"sim.yaml:2:7: zone: is no time zone of this system",
		"sim.yaml:4:7: load.demand.kind: is needed",
		"sim.yaml:7:15: storage[0].soc_max: is above energy",
		"sim.yaml:7:32: storage[0].soc_start: is not within soc_min … soc_max",
		"prices.buy.csv.zone: is no time zone of this system",
		"prices.sell.profile: needs values",
		"id 'a' is given to two assets",
	};
	struct fault_list faults;
	struct scenario_set *s = NULL;
	char all[4096] = "", text[512];

	fault_list_init(&faults);
	ck_assert_int_eq(scenario_load(path, &s, &faults), ERR_INVALID);
	for (size_t i = 0; i < faults.n; i++) {
		strncat(all, conf_fault_format(&faults.at[i], text, sizeof(text)),
			sizeof(all) - strlen(all) - 1);
		strncat(all, "\n", sizeof(all) - strlen(all) - 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(says); i++)
		ck_assert_msg(strstr(all, says[i]), "'%s' is not in:\n%s", says[i], all);
	ck_assert_uint_eq(faults.n, ARRAY_SIZE(says));
	ck_assert_ptr_null(s);
	fault_list_fini(&faults);
	free(path);
}
END_TEST

START_TEST(local_hours_of_another_year_and_zone_map_to_local_hours)
{
	const char *dir = tmpdir_new();
	char text[4096] = "utc,usd\n", yaml[4096];
	struct fault f = {0};
	struct scenario_set *set;
	struct scenario *s;
	struct exo_span span;
	struct exo x;
	char *path;

	/* Price = local hour of Los Angeles (UTC−7 in July), on two days: 0 … 23, 100 … 123. */
	for (int h = 0; h < 48; h++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "2023-07-%02dT%02d:00Z,%d\n", 10 + (h + 7) / 24, (h + 7) % 24,
			       h / 24 * 100 + h % 24);
	free(write_file(dir, "p.csv", text));
	(void)snprintf(
		yaml, sizeof(yaml),
		"%s"
		"temperature: {kind: csv, scale: 2, offset: 1, max: 200, csv: {path: p.csv,\n"
		"  time: utc, column: usd, zone: America/Los_Angeles, map_from: 2023-07-10}}\n",
		minimal);
	path = write_file(dir, "sim.yaml", yaml);
	set = load(path);
	s = set->sites;
	span.from_ms = zone_utc(s->zone, 2025, 3, 1, 0, 0); /* a season without the file's DST */
	span.to_ms = span.from_ms + 2 * MS_PER_DAY;
	span.step_ms = STEP;
	ck_assert_msg(exo_init(&x, s, dir, 1, &span, &f) == 0, "%s", f.text);
	for (int h = 0; h < 24; h++) {
		int64_t t = span.from_ms + h * MS_PER_H;

		ck_assert_double_eq(series_mean(&x.temperature, t, t + MS_PER_H), 2 * h + 1);
	}
	ck_assert_double_eq(series_mean(&x.temperature, span.to_ms - STEP, span.to_ms), 200);
	exo_fini(&x);
	span.to_ms += MS_PER_H;
	ck_assert_int_eq(exo_init(&x, s, dir, 1, &span, &f), ERR_NODATA);
	ck_assert_ptr_nonnull(strstr(f.text, "p.csv: no value of 'usd' at 2023-07-12T07:00"));
	free(set);
	free(path);
}
END_TEST

START_TEST(a_forecast_is_the_truth_within_its_declared_error_and_no_further_than_known)
{
	struct series truth;
	struct series_spec spec = {
		.kind = SERIES_CONSTANT, .max = 1e9, .foresight = {FORESIGHT_BLURRED, 0.1, 14}};
	const struct zone *z = NULL;
	struct foresee ask = {.spec = &spec, .truth = &truth, .key = 42};
	double near_sum = 0, far_sum = 0, v[192];

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	ask.zone = z;
	ask.issue_ms = zone_utc(z, 2025, 7, 15, 10, 0);
	ck_assert_int_eq(series_init(&truth, ask.issue_ms, STEP, 600), 0);
	for (size_t i = 0; i < truth.n; i++)
		truth.value[i] = 100;
	for (int k = 0; k < 200; k++) {
		ask.key = (uint64_t)k;
		exo_foresee(&ask, ask.issue_ms, SLOT_MS, 192, v);
		near_sum += (v[0] - 100) * (v[0] - 100);
		far_sum += (v[100] - 100) * (v[100] - 100);
	}
	ck_assert_double_eq_tol(sqrt(far_sum / 200), 10, 1.5);
	ck_assert_double_lt(sqrt(near_sum / 200), 5);
	spec.foresight.kind = FORESIGHT_DAY_AHEAD;
	exo_foresee(&ask, ask.issue_ms, SLOT_MS, 192, v);
	ck_assert_double_eq(v[14 * 4 - 1], 100); /* 23:45 */
	ck_assert(isnan(v[14 * 4]));
	ask.issue_ms += 4 * MS_PER_H;
	exo_foresee(&ask, ask.issue_ms, SLOT_MS, 192, v);
	ck_assert_double_eq(v[34 * 4 - 1], 100);
	ck_assert(isnan(v[34 * 4]));
	series_fini(&truth);
}
END_TEST

static const struct series no_background[SCENARIO_SECTIONS_MAX];

/* A run without a daemon: nobody sends set points. */
static struct score_result run_alone(const char *file, uint64_t seed, enum run_policy which)
{
	struct scenario_set *set = load(source(file));
	struct scenario *s = set->sites;
	int64_t from_ms = zone_utc(s->zone, 2025, 7, 15, 0, 0), to_ms = from_ms + 2 * MS_PER_DAY;
	struct exo_span all = {from_ms, to_ms + s->curves.horizon_ms, STEP};
	struct exo_span span = {from_ms, to_ms, STEP};
	struct fault f = {0};
	static struct run r;
	struct exo x;
	struct score_result res;

	ck_assert_msg(exo_init(&x, s, ".", seed, &all, &f) == 0, "%s", f.text);
	ck_assert_int_eq(run_init(&r, set, &x, &span, no_background), 0);
	while (!run_is_over(&r))
		ck_assert_int_eq(run_step(&r), 0);
	run_finish(&r);
	res = score_result(&r.site[0].score[which]);
	run_fini(&r);
	exo_fini(&x);
	free(set);
	return res;
}

START_TEST(a_run_is_the_same_for_the_same_seed_and_nobody_breaks_a_limit)
{
	static const char file[] = "config/examples/sichuan-one/sim.yaml";

	for (enum run_policy i = 0; i < N_RUN_POLICIES; i++) {
		struct score_result a = run_alone(file, 5, i), b = run_alone(file, 5, i);
		struct score_result c = run_alone(file, 6, i);

		ck_assert_mem_eq(&a, &b, sizeof(a));
		ck_assert_int_ne(a.total_e4, c.total_e4);
		ck_assert(!a.hard_breach && !c.hard_breach);
		ck_assert_int_eq(a.late_ds, 0);
		ck_assert_int_gt(a.done_ds, 0);
	}
}
END_TEST

START_TEST(without_orders_the_twin_does_nothing_and_thresholds_are_cheaper)
{
	static const char file[] = "config/examples/sichuan-one/sim.yaml";
	struct score_result mine = run_alone(file, 5, RUN_OBEY);
	struct score_result nothing = run_alone(file, 5, RUN_NOTHING);
	struct score_result threshold = run_alone(file, 5, RUN_THRESHOLD);

	ck_assert_mem_eq(&mine, &nothing, sizeof(mine));
	ck_assert_int_lt(threshold.total_e4, nothing.total_e4);
}
END_TEST

START_TEST(meters_say_the_truth_but_for_their_noise_and_forecasts_have_its_sign)
{
	struct scenario_set *set = load(source("adapters/sim/sim.yaml"));
	struct scenario *s = set->sites;
	int64_t from_ms = zone_utc(s->zone, 2025, 7, 15, 11, 0);
	struct exo_span span = {from_ms, from_ms + 2 * MS_PER_DAY, STEP};
	struct points_columns c;
	struct fault f = {0};
	static struct points p;
	static struct run r;
	struct exo x;
	double v[8];
	size_t n, seen = 0;

	ck_assert_int_eq(exo_init(&x, s, ".", 1, &span, &f), 0);
	ck_assert_int_eq(run_init(&r, set, &x, &span, no_background), 0);
	points_init(&p, &r, 0);
	for (size_t i = 0; i < p.n; i++)
		p.id[i] = (uint32_t)i + 1;
	n = points_sample(&p, &r.site[0].twin[0], NULL, &c);
	ck_assert_uint_eq(n, 3); /* levels only: soc, backlog, due */
	ck_assert_int_eq(run_step(&r), 0);
	n = points_sample(&p, &r.site[0].twin[0], &r.site[0].row, &c);
	ck_assert_uint_eq(n, p.n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(c.t_ms[i], from_ms + STEP);
		if (strcmp(p.at[i].name, "hongyuan/pcc.power") == 0) {
			ck_assert_double_eq_tol(c.value[i], (double)r.site[0].row.pcc_w,
						0.01 * fabs((double)r.site[0].row.pcc_w));
			seen++;
		}
		if (strcmp(p.at[i].name, "hongyuan/pv1.power") == 0) {
			ck_assert_double_lt(c.value[i], -1e5);
			ck_assert(points_foresee(&p, i, &r.site[0].twin[0], 8, v));
			ck_assert_double_lt(v[0], -1e5);
			seen++;
		}
		if (strcmp(p.at[i].name, "hongyuan/bess.power") == 0) {
			ck_assert(!points_foresee(&p, i, &r.site[0].twin[0], 8, v));
			seen++;
		}
	}
	ck_assert_uint_eq(seen, 3);
	run_fini(&r);
	exo_fini(&x);
	free(set);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("scenario");
	TCase *tc = tcase_create("scenario");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, the_documented_files_are_sound);
	tcase_add_test(tc, all_that_is_wrong_is_said_with_its_place);
	tcase_add_test(tc, local_hours_of_another_year_and_zone_map_to_local_hours);
	tcase_add_test(tc,
		       a_forecast_is_the_truth_within_its_declared_error_and_no_further_than_known);
	tcase_add_test(tc, a_run_is_the_same_for_the_same_seed_and_nobody_breaks_a_limit);
	tcase_add_test(tc, without_orders_the_twin_does_nothing_and_thresholds_are_cheaper);
	tcase_add_test(tc, meters_say_the_truth_but_for_their_noise_and_forecasts_have_its_sign);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
