/* The methods on measured series of a year: what they are worth against persistence. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "forecast/backtest.h"
#include "testlib/run.h"
#include "testlib/shared.h"

#define YEAR_SLOTS (366 * SLOTS_PER_DAY)

struct series {
	int64_t start_ms;
	int n;
	double mean[YEAR_SLOTS];
};

static struct series series;
static struct backtest_work work;

static double series_mean(const void *ctx, int64_t slot_ms)
{
	const struct series *s = ctx;
	int64_t i = (slot_ms - s->start_ms) / SLOT_MS;

	return slot_ms >= s->start_ms && i < s->n ? s->mean[i] : NAN;
}

/* Column `want` (its header) of a file whose first column is the time of an interval's start. */
static void load(const char *file, const char *want, int32_t zone_s, int slots_per_row)
{
	const char *path = shared_or_skip(file);
	FILE *f = fopen(path, "r");
	char line[512], *cell, *rest;
	int column = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	rest = line;
	while ((cell = strsep(&rest, ",\n")) && strcmp(cell, want) != 0)
		column++;
	ck_assert_msg(cell != NULL, "%s has no %s", file, want);
	series.n = 0;
	while (fgets(line, sizeof(line), f)) {
		int64_t t;

		rest = line;
		cell = strsep(&rest, ",\n");
		ck_assert_int_eq(num_parse_time_ms(cell, zone_s, &t), 0);
		if (series.n == 0)
			series.start_ms = t;
		/* the files leave leap days out */
		ck_assert_int_ge(t, series.start_ms + series.n * SLOT_MS);
		while (t > series.start_ms + series.n * SLOT_MS)
			series.mean[series.n++] = NAN;
		for (int i = 0; i < column; i++)
			cell = strsep(&rest, ",\n");
		ck_assert_ptr_nonnull(cell);
		for (int i = 0; i < slots_per_row; i++)
			series.mean[series.n++] = strtod(cell, NULL);
	}
	fclose(f);
	free((char *)path);
}

/* China's of 2018 (国办发明电〔2017〕12号), for what was measured there. */
static struct calendar calendar_2018;

static void holidays(int month, int day, int n)
{
	struct calendar_holiday *h = &calendar_2018.holidays[calendar_2018.n_holidays++];

	h->from_day = (int32_t)num_days_from_civil(2018, month, day);
	h->to_day = h->from_day + n - 1;
}

static void worked(int month, int day)
{
	calendar_2018.workdays[calendar_2018.n_workdays++] =
		(int32_t)num_days_from_civil(2018, month, day);
}

static void make_calendar(void)
{
	static const int made_up[][2] = {{2, 11}, {2, 24}, {4, 8}, {4, 28}, {9, 29}, {9, 30}};

	holidays(1, 1, 1);
	holidays(2, 15, 7);
	holidays(4, 5, 3);
	holidays(4, 29, 3);
	holidays(6, 16, 3);
	holidays(9, 22, 3);
	holidays(10, 1, 7);
	holidays(12, 30, 3);
	for (size_t i = 0; i < ARRAY_SIZE(made_up); i++)
		worked(made_up[i][0], made_up[i][1]);
}

struct subject {
	const char *name, *file, *column, *zone;
	enum forecast_kind kind;
	int32_t zone_s; /* of the file */
	int slots_per_row;
	double factor;
};

static const struct subject subjects[] = {
	{"load Sichuan", "data/china/china_load_2018_mw.csv", "SC", "Asia/Shanghai", FORECAST_LOAD,
	 28800, 4, 1},
	{"load Guangdong", "data/china/china_load_2018_mw.csv", "GD", "Asia/Shanghai",
	 FORECAST_LOAD, 28800, 4, 1},
	{"PV station", "data/china/china_pv_site1_50mw_2019.csv", "power_mw", "Asia/Shanghai",
	 FORECAST_PV, 28800, 1, -1},
	{"temperature station", "data/china/china_pv_site1_50mw_2019.csv", "temp_c",
	 "Asia/Shanghai", FORECAST_TEMPERATURE, 28800, 1, 1},
	{"hydro profile", "data/china/china_hydro_pmaxpu_2020.csv", "hydro_p_max_pu",
	 "Asia/Shanghai", FORECAST_HYDRO, 28800, 4, -1},
	{"price DE-LU", "data/grid/grid_DE-LU_2023.csv", "price_usd_mwh", "Europe/Berlin",
	 FORECAST_PRICE, 0, 4, 1},
	{"price CAISO", "data/grid/grid_US-CAL-CISO_2023.csv", "price_usd_mwh",
	 "America/Los_Angeles", FORECAST_PRICE, 0, 4, 1},
	{"price AU-NSW", "data/grid/grid_AU-NSW_2023.csv", "price_usd_mwh", "Australia/Sydney",
	 FORECAST_PRICE, 0, 4, 1},
	{"temperature DE-LU", "data/grid/grid_DE-LU_2023.csv", "temp_c", "Europe/Berlin",
	 FORECAST_TEMPERATURE, 0, 4, 1},
	{"wind speed DE-LU", "data/grid/grid_DE-LU_2023.csv", "wind10m_kmh", "Europe/Berlin",
	 FORECAST_WIND, 0, 4, -1},
	{"carbon DE-LU", "data/grid/grid_DE-LU_2023.csv", "ci_direct_g_kwh", "Europe/Berlin",
	 FORECAST_OTHER, 0, 4, 1},
};

static void run(const struct subject *s, struct backtest *ret)
{
	struct backtest_ask ask = {.kind = s->kind, .days = 364 - 36};

	make_calendar();
	ask.history.calendar = &calendar_2018;
	load(s->file, s->column, s->zone_s, s->slots_per_row);
	for (int i = 0; i < series.n; i++)
		series.mean[i] *= s->factor;
	ck_assert_int_eq(zone_load(s->zone, &ask.history.zone), 0);
	ask.history.now_ms = series.start_ms + series.n * SLOT_MS;
	ask.history.sign = s->factor < 0 ? -1 : 1;
	ask.history.period_ms = s->slots_per_row * SLOT_MS;
	ask.history.mean = series_mean;
	ask.history.ctx = &series;
	backtest_run(&ask, &work, ret);
}

static void print(const struct subject *s, const struct backtest *b)
{
	printf("%-20s RRMSE %5.1f %% (persistence %5.1f %%), MAPE %5.1f %%, bias %+8.3g, P10-P90 "
	       "%4.1f %%, similar %d of %d days; by lead",
	       s->name, 100 * backtest_rrmse(&b->all), 100 * backtest_persist(&b->all),
	       100 * backtest_mape(&b->all), backtest_bias(&b->all),
	       100 * backtest_coverage(&b->all), b->similar_days, b->days);
	for (int i = 0; i < SCORE_LEADS; i++)
		printf(" %.1f/%.1f(%.0f)", 100 * backtest_rrmse(&b->lead[i]),
		       100 * backtest_persist(&b->lead[i]), 100 * backtest_coverage(&b->lead[i]));
	printf("\n");
	fflush(stdout);
}

START_TEST(on_real_series_it_is_no_worse_than_persistence_and_the_band_holds)
{
	const struct subject *s = &subjects[_i];
	struct backtest b;
	double coverage;

	run(s, &b);
	print(s, &b);
	ck_assert_int_ge(b.days, 320);
	ck_assert_msg(backtest_rrmse(&b.all) <= 1.02 * backtest_persist(&b.all),
		      "%s: worse than persistence", s->name);
	coverage = backtest_coverage(&b.all);
	ck_assert_msg(coverage >= 0.7 && coverage <= 0.9, "%s: P10-P90 holds %.3f", s->name,
		      coverage);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("backtest on real series");
	TCase *t = tcase_create("real");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, on_real_series_it_is_no_worse_than_persistence_and_the_band_holds, 0,
			    (int)ARRAY_SIZE(subjects));
	suite_add_tcase(s, t);
	return run_suite(s);
}
