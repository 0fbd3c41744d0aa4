/* What a region adds to a configuration: read, completed, found wrong at its exact place. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "configure_lib.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static const char *dir;
static struct loaded l;

#define R "sites.d/r.yaml"
#define N "network.yaml"
#define C "calendar/c.yaml"
#define U "tariffs.d/u.yaml"

/* Beside the sound files of configure_lib.h. */
static const struct {
	const char *name, *text;
} sound[] = {
	{R,
	 "sites:\n"
	 "  - id: one\n"
	 "    tariff: [t, u]\n"
	 "    calendar: cn\n"
	 "    pcc: {import_max: 20MW, export_max: 5MW}\n"
	 "    load: {capacity: 8MW, floor: 2MW, pue: 1.1}\n"
	 "    pv: [{id: sun, capacity: 2MW}]\n"
	 "    wind: [{id: air, capacity: 3MW}]\n"
	 "    hydro:\n"
	 "      - {id: river, capacity: 4MW, price: 0.3 CNY/kWh, months: \"6-10 100%, 11-5 40%\"}\n"
	 "    cooling:\n"
	 "      - {id: cold, power_max: 2MW, cop: 5, cop_slope: 0.05, heat_capacity: 500kWh,\n"
	 "         temp_min: 18 C, temp_max: 24.5 C}\n"
	 "    queues:\n"
	 "      - {id: q, devices: 1000, device_power: 700W, slack: 12h, tier: F2, pool: p,\n"
	 "         transfer: 5, curve: \"50% 65%, 75% 85%, 100% 100%\"}\n"
	 "    feeders:\n"
	 "      - {id: hall, import_max: 9MW, assets: [it, q, cold]}\n"
	 "      - {id: green, import_max: 2MW, export_max: 9MW, assets: [sun]}\n"
	 "      - {id: hill, parent: green, import_max: 1MW, assets: [air, river]}\n"
	 "    rations:\n"
	 "      - {from: 2023-07-01T00:00+08:00, to: 2023-07-08T00:00+08:00, daily: 90MWh}\n"
	 "    carbon: {price: 0.08 CNY, factor: 140}\n"
	 "    bindings:\n"
	 "      - {role: pcc.power, point: one/pcc}\n"
	 "      - {role: \"queue[q].backlog\", point: one/q}\n"
	 "      - {role: \"cooling[cold].temperature\", point: one/cold}\n"
	 "      - {role: \"hydro[river].power\", point: one/river}\n"
	 "      - {role: carbon, point: grid/carbon}\n"
	 "  - id: two\n"
	 "    tariff: t\n"
	 "    pcc: {import_max: 20MW}\n"
	 "    load: {capacity: 8MW, floor: 2MW, pue: 1.1}\n"
	 "    queues:\n"
	 "      - {id: q, devices: 1000, device_power: 700W, slack: 12h, pool: p}\n"
	 "    bindings:\n"
	 "      - {role: pcc.power, point: two/pcc}\n"
	 "      - {role: \"queue[q].backlog\", point: two/q}\n"
	 "      - {role: carbon, point: grid/carbon}\n"},
	{N,
	 "network:\n"
	 "  limits:\n"
	 "    - id: section\n"
	 "      kind: section\n"
	 "      import_max: 180MW\n"
	 "      sites: [one, two]\n"
	 "      background: grid/load\n"
	 "      background_assumed: 150MW\n"
	 "  links:\n"
	 "    - {id: there, from: one, to: two, rate: 10 Gbit/s, delay: 15min, price: 0.05 CNY, energy: 30Wh}\n"
	 "    - {id: back, from: two, to: one, rate: 10 Gbit/s}\n"},
	{C, "calendars:\n"
	    "  - id: cn\n"
	    "    document: notice\n"
	    "    holidays:\n"
	    "      - {name: national day, from: 2025-10-01, to: 2025-10-08}\n"
	    "    workdays: [2025-09-28, 2025-10-11]\n"},
	{U,
	 "tariffs:\n"
	 "  - id: u\n"
	 "    document: d\n"
	 "    status: draft\n"
	 "    valid_from: 2023-06-01T00:00+08:00\n"
	 "    flat_price: 0.6 CNY/kWh\n"
	 "    flat_price_status: illustrative\n"
	 "    ratios: {valley: 0.4, peak: 1.6, critical: 1.92}\n"
	 "    demand:\n"
	 "      - {id: month, price: 38 CNY/kW}\n"
	 "      - {id: noon, price: 20 CNY/kW, interval: 30min, months: 7-8, hours: [10:00-12:00]}\n"
	 "    seasons:\n"
	 "      - {months: 1-12, spans: [\"flat 08:00-24:00\", \"valley 00:00-08:00\"]}\n"},
};

static const char *sound_text(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sound); i++) {
		if (strcmp(sound[i].name, name) == 0)
			return sound[i].text;
	}
	ck_abort_msg("no text %s", name);
}

static void change(const char *name, const char *from, const char *to)
{
	const char *text = sound_text(name), *at = strstr(text, from);
	struct buf b;

	ck_assert_msg(at != NULL, "%s is not in %s", from, name);
	buf_init(&b, 0);
	buf_printf(&b, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	config_write(dir, name, buf_str(&b));
	buf_fini(&b);
}

static void setup(void)
{
	char main_text[1000];
	char *calendar;

	dir = config_dir_new();
	calendar = tmpdir_path(dir, "calendar");
	ck_assert_int_eq(mkdir(calendar, 0700), 0);
	free(calendar);
	snprintf(main_text, sizeof(main_text), "%sinclude: [" N "]\n", config_text("main.yaml"));
	config_write(dir, "main.yaml", main_text);
	for (size_t i = 0; i < ARRAY_SIZE(sound); i++)
		config_write(dir, sound[i].name, sound[i].text);
	l = (struct loaded){0};
}

static void teardown(void)
{
	loaded_free(&l);
}

/* ---- sound ---- */

START_TEST(generators_of_three_lists_fill_one_array_with_their_kinds)
{
	const struct site *s;

	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	s = configuration_site(l.c, "one");
	ck_assert_int_eq(s->n_generators, 3);
	ck_assert_int_eq(s->generators[0].kind, ASSET_PV);
	ck_assert_int_eq(s->generators[1].kind, ASSET_WIND);
	ck_assert_int_eq(s->generators[2].kind, ASSET_HYDRO);
	ck_assert_str_eq(s->generators[2].id, "river");
	ck_assert_int_eq(s->generators[2].price_e4, 3000);
	ck_assert_int_eq(s->generators[0].month_ppm[5], 0);
	for (int m = 1; m <= 12; m++)
		ck_assert_int_eq(s->generators[2].month_ppm[m - 1],
				 m >= 6 && m <= 10 ? PPM : 400000);
}
END_TEST

START_TEST(all_of_a_region_is_read)
{
	const struct shared_limit *limit;
	const struct link *link;
	const struct site *s;

	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	s = configuration_site(l.c, "one");
	ck_assert_int_eq(s->cooling[0].cop_ppm, 5 * PPM);
	ck_assert_int_eq(s->cooling[0].temp_max_mc, 24500);
	ck_assert_int_eq(s->cooling[0].heat_wh_per_k, 500000);
	ck_assert_int_eq(s->cooling[0].over_temp_price_e4, 5000000);
	ck_assert_int_eq(s->queues[0].tier, FLEX_F2);
	ck_assert_int_eq(s->queues[0].n_segments, 3);
	ck_assert_int_eq(s->queues[0].segment_power_ppm[1], 750000);
	ck_assert_int_eq(s->queues[0].segment_work_ppm[0], 650000);
	ck_assert_int_eq(s->queues[0].transfer_bytes_per_ds, 5);
	ck_assert_int_eq(configuration_site(l.c, "two")->queues[0].tier, FLEX_F3);
	ck_assert_int_eq(configuration_site(l.c, "two")->queues[0].n_segments, 0);
	ck_assert_int_eq(s->n_feeders, 3);
	ck_assert_int_eq(s->feeders[0].export_max_w, 9000000); /* as import_max */
	ck_assert_str_eq(s->feeders[2].parent, "green");
	ck_assert_int_eq(s->n_rations, 1);
	ck_assert_int_eq(s->rations[0].daily_wh, 90000000);
	ck_assert_int_eq(s->carbon.price_e4_per_kg, 800);
	ck_assert_int_eq(s->carbon.factor_g_per_kwh, 140);
	limit = &l.c->network.limits[0];
	ck_assert_int_eq(limit->kind, LIMIT_SECTION);
	ck_assert_int_eq(limit->export_max_w, INT64_MAX);
	ck_assert_int_eq(limit->overload_price_e4, 0);
	ck_assert_str_eq(limit->background_point, "grid/load");
	link = &l.c->network.links[0];
	ck_assert_int_eq(link->bits_per_s, INT64_C(10000000000));
	ck_assert_int_eq(link->delay_ms, 15 * MS_PER_MIN);
	ck_assert_int_eq(link->price_e4_per_gb, 500);
	ck_assert_int_eq(link->energy_wh_per_gb, 30);
}
END_TEST

START_TEST(of_tariffs_that_follow_one_another_the_later_holds)
{
	const struct site *s;
	int64_t t;

	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	s = configuration_site(l.c, "one");
	ck_assert_int_eq(s->n_tariffs, 2);
	num_parse_time_ms("2022-12-31T00:00+08:00", INT32_MIN, &t);
	ck_assert_ptr_null(site_tariff_at(s, t));
	num_parse_time_ms("2023-05-31T23:59+08:00", INT32_MIN, &t);
	ck_assert_str_eq(site_tariff_at(s, t)->id, "t");
	num_parse_time_ms("2023-06-01T00:00+08:00", INT32_MIN, &t);
	ck_assert_str_eq(site_tariff_at(s, t)->id, "u");
	num_parse_time_ms("2030-01-01T00:00+08:00", INT32_MIN, &t);
	ck_assert_str_eq(site_tariff_at(s, t)->id, "u");
	ck_assert_ptr_null(site_tariff_at(configuration_site(l.c, "two"), t));
}
END_TEST

START_TEST(demand_charges_hold_in_their_months_and_hours)
{
	struct tariff_demand d[TARIFF_MAX_DEMANDS];
	const struct zone *z;
	int64_t july, noon;

	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	z = configuration_site(l.c, "one")->zone;
	ck_assert_int_eq(tariff_demands(configuration_tariff(l.c, "u"), d), 2);
	ck_assert_int_eq(d[0].price_e4, 380000);
	ck_assert_int_eq(d[0].interval_ms, SLOT_MS);
	ck_assert_int_eq(d[1].interval_ms, 2 * SLOT_MS);
	num_parse_time_ms("2025-07-15T09:59+08:00", INT32_MIN, &july);
	num_parse_time_ms("2025-07-15T10:00+08:00", INT32_MIN, &noon);
	ck_assert(tariff_demand_holds(&d[0], z, july));
	ck_assert(!tariff_demand_holds(&d[1], z, july));
	ck_assert(tariff_demand_holds(&d[1], z, noon));
	ck_assert(!tariff_demand_holds(&d[1], z, noon + 2 * MS_PER_H));
	ck_assert(!tariff_demand_holds(&d[1], z, noon + 60 * MS_PER_DAY));
	/* the short form is one charge of all hours */
	ck_assert_int_eq(tariff_demands(configuration_tariff(l.c, "t"), d), 0);
}
END_TEST

START_TEST(a_calendar_knows_holidays_and_days_worked_for_them)
{
	const struct calendar *c;

	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	c = configuration_site(l.c, "one")->calendar;
	ck_assert_ptr_eq(c, configuration_calendar(l.c, "cn"));
	ck_assert_ptr_null(configuration_site(l.c, "two")->calendar);
	ck_assert_int_eq(calendar_day_kind(c, (int32_t)num_days_from_civil(2025, 10, 8)),
			 DAY_HOLIDAY);
	ck_assert_int_eq(calendar_day_kind(c, (int32_t)num_days_from_civil(2025, 10, 11)),
			 DAY_WORKDAY);
	ck_assert(!configuration_has_day_flag(l.c, "heat35"));
}
END_TEST

START_TEST(the_canonical_text_has_all_of_it)
{
	char *other = strdup(tmpdir_new());
	struct loaded again;

	l = config_load(dir);
	config_write(other, "main.yaml", l.c->canonical);
	again = config_load(other);
	ck_assert_str_eq(loaded_faults(&again, other), "");
	ck_assert_str_eq(again.c->canonical, l.c->canonical);
	ck_assert_mem_eq(&again.c->network, &l.c->network, sizeof(l.c->network));
	loaded_free(&again);
	/* and the hash tells each apart */
	for (size_t i = 0; i < 3; i++) {
		static const char *const changes[][3] = {{N, "180MW", "181MW"},
							 {C, "2025-10-11", "2025-10-12"},
							 {R, "24.5 C", "25 C"}};

		change(changes[i][0], changes[i][1], changes[i][2]);
		again = config_load(dir);
		ck_assert_str_eq(loaded_faults(&again, dir), "");
		ck_assert_mem_ne(again.c->hash, l.c->hash, SHA256_LEN);
		loaded_free(&again);
		config_write(dir, changes[i][0], sound_text(changes[i][0]));
	}
	free(other);
}
END_TEST

/* ---- faults ---- */

static const struct {
	const char *file, *from, *to, *faults;
} cases[] = {
	{R, "tariff: [t, u]", "tariff: [t, v]",
	 "sites.d/r.yaml:3:17: sites[0].tariff[1]: there is no tariff \"v\"; did you mean \"t\"?; "
	 "there are: t, u\n"},
	{R, "tariff: [t, u]", "tariff: []",
	 "sites.d/r.yaml:3:13: sites[0].tariff: 0 entries; allowed: 1 to 8\n"},
	{R, "calendar: cn", "calendar: us",
	 "sites.d/r.yaml:4:15: sites[0].calendar: there is no calendar \"us\"; there are: cn\n"},
	{R, "{id: air, capacity: 3MW}", "{id: air, capacity: 0MW}",
	 "sites.d/r.yaml:8:32: sites[0].wind[0].capacity: above 0\n"},
	{R, "id: air", "id: sun",
	 "sites.d/r.yaml:8:17: sites[0].wind[0].id: \"sun\" is the id of another asset too\n"
	 "sites.d/r.yaml:20:61: sites[0].feeders[2].assets[0]: the site has no asset \"air\"\n"},
	{R, "11-5 40%", "11-4 40%",
	 "sites.d/r.yaml:10:64: sites[0].hydro[0].months: \"6-10 100%, 11-4 40%\" is not allowed; "
	 "allowed: unknown, or a share for every month, such as 6-10 100%, 11-5 40%\n"},
	{R, "temp_max: 24.5 C", "temp_max: 17 C",
	 "sites.d/r.yaml:13:36: sites[0].cooling[0].temp_max: is not above temp_min\n"},
	{R, "temp_max: 24.5 C", "temp_max: 24.5 K",
	 "sites.d/r.yaml:13:36: sites[0].cooling[0].temp_max: \"24.5 K\" is not allowed; allowed: "
	 "degrees Celsius, such as 22.5 C\n"},
	{R, "75% 85%", "45% 85%",
	 "sites.d/r.yaml:16:30: sites[0].queues[0].curve: is not ascending\n"},
	{R, "75% 85%", "75% 75%",
	 "sites.d/r.yaml:16:30: sites[0].queues[0].curve: is not concave: a later step does more per "
	 "watt than one before it\n"},
	{R, "100% 100%", "99% 100%",
	 "sites.d/r.yaml:16:30: sites[0].queues[0].curve: does not end at full speed, 100% 100%\n"},
	{R, "F2", "F4",
	 "sites.d/r.yaml:15:70: sites[0].queues[0].tier: \"F4\" is not allowed; allowed: F0, F1, F2 or "
	 "F3\n"},
	{R, "pool: p,\n", "pool: P,\n",
	 "sites.d/r.yaml:15:80: sites[0].queues[0].pool: 1 to 63 of [a-z0-9_.-]\n"
	 "network.yaml:10:34: network.links[0].to: no queue of two is in a pool with one of one: "
	 "nothing could move\n"
	 "network.yaml:11:33: network.links[1].to: no queue of one is in a pool with one of two: "
	 "nothing could move\n"},
	{R, "assets: [sun]", "assets: [q]",
	 "sites.d/r.yaml:19:64: sites[0].feeders[1].assets[0]: \"q\" hangs on feeder \"hall\" already\n"},
	{R, "id: green,", "id: green, parent: hill,",
	 "sites.d/r.yaml:19:29: sites[0].feeders[1].parent: feeders hang on each other in a circle\n"
	 "sites.d/r.yaml:20:28: sites[0].feeders[2].parent: feeders hang on each other in a circle\n"},
	{R, "parent: green", "parent: red",
	 "sites.d/r.yaml:20:28: sites[0].feeders[2].parent: there is no feeder \"red\"\n"},
	{R, "2023-07-08T00:00+08:00", "2023-07-08T01:00+08:00",
	 "sites.d/r.yaml:22:44: sites[0].rations[0].to: is no midnight in Asia/Shanghai: rations are of "
	 "days\n"},
	{R, "factor: 140", "factor: 9000",
	 "sites.d/r.yaml:23:39: sites[0].carbon.factor: \"9000\" is out of range; allowed: an integer "
	 "such as 96 from 0 to 5000\n"},
	{R, "cooling[cold].temperature", "cooling[cold].power",
	 "sites.d/r.yaml:25:7: sites[0].bindings: cooling[cold].temperature is not bound; the site "
	 "cannot be planned without it\n"},
	{R, "hydro[river]", "wind[river]",
	 "sites.d/r.yaml:28:16: sites[0].bindings[3].role: wind[river].power: the site has no such "
	 "asset\n"},
	{N, "[one, two]", "[one, three]",
	 "network.yaml:6:20: network.limits[0].sites[1]: there is no site \"three\"\n"},
	{N, "[one, two]", "[one, one]",
	 "network.yaml:6:20: network.limits[0].sites[1]: \"one\" is named already\n"},
	{N, "kind: section", "kind: wall",
	 "network.yaml:4:13: network.limits[0].kind: \"wall\" is not allowed; allowed: feeder, section "
	 "or vpp\n"},
	{N, "grid/load", "one/pcc",
	 "network.yaml:7:19: network.limits[0].background: one/pcc stands for pcc.power of site one "
	 "already\n"},
	{N, "to: two", "to: one",
	 "network.yaml:10:34: network.links[0].to: is where the link begins\n"},
	{N, "to: two", "to: a",
	 "network.yaml:10:34: network.links[0].to: no queue of a is in a pool with one of one: nothing "
	 "could move\n"},
	{N, "from: two, to: one", "from: one, to: two",
	 "network.yaml:11:33: network.links[1].to: link \"there\" goes there already\n"},
	{N, "rate: 10 Gbit/s, delay", "rate: 10 GB/s, delay",
	 "network.yaml:10:45: network.links[0].rate: \"10 GB/s\" is not allowed; allowed: bit/s, "
	 "kbit/s, Mbit/s, Gbit/s or Tbit/s, such as 10 Gbit/s\n"},
	{C, "2025-10-11", "2025-10-32",
	 "calendar/c.yaml:6:28: calendars[0].workdays[1]: \"2025-10-32\" is not allowed; allowed: a day "
	 "such as 2025-10-01\n"},
	{C, "2025-10-11", "2025-10-10",
	 "calendar/c.yaml:6:28: calendars[0].workdays[1]: is no weekend: it is worked anyway\n"},
	{C, "to: 2025-10-08", "to: 2025-09-30",
	 "calendar/c.yaml:5:52: calendars[0].holidays[0].to: is before from\n"},
	{U, "interval: 30min", "interval: 20min",
	 "tariffs.d/u.yaml:11:48: tariffs[0].demand[1].interval: 15min, 30min or 1h\n"},
	{U, "id: noon", "id: month",
	 "tariffs.d/u.yaml:11:14: tariffs[0].demand[1].id: \"month\" is the id of another charge too\n"},
	{U, "    demand:\n", "    demand_price: 30 CNY/kW\n    demand:\n",
	 "tariffs.d/u.yaml:9:19: tariffs[0].demand_price: is the short form of demand: one of the "
	 "two\n"},
};

START_TEST(each_fault_of_a_region_is_told_where_it_stands)
{
	change(cases[_i].file, cases[_i].from, cases[_i].to);
	l = config_load(dir);
	ck_assert_int_eq(l.r, ERR_INVALID);
	ck_assert_str_eq(loaded_faults(&l, dir), cases[_i].faults);
}
END_TEST

START_TEST(a_network_in_two_files_is_one)
{
	config_write(
		dir, "sites.d/z.yaml",
		"network:\n  limits:\n    - {id: section, kind: vpp, import_max: 9MW, sites: [two]}\n");
	l = config_load(dir);
	ck_assert_str_eq(
		loaded_faults(&l, dir),
		"sites.d/z.yaml:3:12: network.limits[0].id: \"section\" is the id of another "
		"limit too\n");
	loaded_free(&l);
	config_write(
		dir, "sites.d/z.yaml",
		"network:\n  limits:\n    - {id: vpp, kind: vpp, import_max: 9MW, sites: [two]}\n");
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	ck_assert_int_eq(l.c->network.n_limits, 2);
	ck_assert_str_eq(l.c->network.limits[1].id, "vpp");
}
END_TEST

START_TEST(nine_plants_are_too_many)
{
	struct buf b;

	buf_init(&b, 0);
	buf_printf(&b, "wind: [");
	for (int i = 0; i < 7; i++)
		buf_printf(&b, "{id: w%d, capacity: 1MW}, ", i);
	buf_printf(&b, "{id: air, capacity: 3MW}");
	change(R, "wind: [{id: air, capacity: 3MW}", buf_str(&b));
	buf_fini(&b);
	l = config_load(dir);
	ck_assert_ptr_nonnull(
		strstr(loaded_faults(&l, dir),
		       "sites[0].hydro: pv, wind and hydro together have at most 8 plants\n"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("configure_region");
	TCase *t = tcase_create("region");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, generators_of_three_lists_fill_one_array_with_their_kinds);
	tcase_add_test(t, all_of_a_region_is_read);
	tcase_add_test(t, of_tariffs_that_follow_one_another_the_later_holds);
	tcase_add_test(t, demand_charges_hold_in_their_months_and_hours);
	tcase_add_test(t, a_calendar_knows_holidays_and_days_worked_for_them);
	tcase_add_test(t, the_canonical_text_has_all_of_it);
	tcase_add_loop_test(t, each_fault_of_a_region_is_told_where_it_stands, 0,
			    (int)ARRAY_SIZE(cases));
	tcase_add_test(t, a_network_in_two_files_is_one);
	tcase_add_test(t, nine_plants_are_too_many);
	suite_add_tcase(s, t);
	return run_suite(s);
}
