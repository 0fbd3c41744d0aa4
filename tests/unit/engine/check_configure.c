/* What sound configurations become, the files that ship among them. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/num.h"
#include "configure_lib.h"
#include "testlib/run.h"
#include "testlib/shared.h"
#include "testlib/tmpdir.h"

#define GOLDEN "tests/unit/engine/sichuan-one.golden.yaml"

static struct loaded l;

static void setup(void)
{
	l = (struct loaded){0};
	fault_list_init(&l.faults);
}

static void teardown(void)
{
	loaded_free(&l);
}

static char *source_path(const char *path)
{
	const char *source = getenv("SUANDIAN_SOURCE");

	return tmpdir_path(source ? source : ".", path);
}

static void load_source(const char *path)
{
	char *full = source_path(path);

	l.r = configure_load(full, &l.c, &l.faults);
	ck_assert_msg(l.r == 0, "%s: %s", path, l.faults.n ? l.faults.at[0].text : "?");
	free(full);
}

/* ---- files that ship ---- */

START_TEST(the_default_file_says_the_defaults)
{
	char *dir = strdup(tmpdir_new());
	struct loaded empty;

	config_write(dir, "main.yaml", "");
	empty = config_load(dir);
	ck_assert_int_eq(empty.r, 0);
	load_source("config/suandian.yaml");
	ck_assert_int_eq(
		memcmp(&l.c->settings.plan, &empty.c->settings.plan, sizeof(l.c->settings.plan)),
		0);
	ck_assert_str_eq(l.c->settings.store.path, "/var/lib/suandian");
	ck_assert_str_eq(empty.c->settings.store.path, "/var/lib/suandian");
	ck_assert_int_eq(empty.c->settings.plan.period_ms, 15 * MS_PER_MIN);
	ck_assert_int_eq(empty.c->settings.plan.horizon_ms, 36 * MS_PER_H);
	ck_assert_int_eq(empty.c->settings.plan.fine_ms, 6 * MS_PER_H);
	ck_assert_int_eq(empty.c->settings.plan.middle_ms, 6 * MS_PER_H);
	ck_assert_int_eq(empty.c->settings.plan.long_ms, 7 * MS_PER_DAY);
	ck_assert_int_eq(empty.c->settings.decision.resend_ms, 2 * MS_PER_S);
	ck_assert_int_eq(empty.c->settings.decision.lease_grace_ms, 10 * MS_PER_MIN);
	ck_assert_int_eq(empty.c->settings.event.band_permille, 200);
	ck_assert_uint_eq(empty.c->n_sites, 0);
	loaded_free(&empty);
	free(dir);
}
END_TEST

/* Every "# key: value" of the default file, in its place, is a key with that default. */
START_TEST(what_the_default_file_comments_out_can_be_put_in)
{
	const char *dir = tmpdir_new();
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	char *text = source_text("config/suandian.yaml");
	size_t n_keys = 0;
	struct loaded filled;
	struct buf out;

	buf_init(&out, 0);
	for (char *line = text, *end; *line; line = end) {
		bool is_key = strncmp(line, "  # ", 4) == 0 && line[4] != ':' &&
			      line[4 + strspn(line + 4, letters)] == ':';

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		n_keys += is_key;
		buf_printf(&out, "%s%.*s", is_key ? "  " : "", (int)(end - line) - (is_key ? 4 : 0),
			   line + (is_key ? 4 : 0));
	}
	ck_assert_uint_eq(n_keys, 26);
	config_write(dir, "main.yaml", buf_str(&out));
	filled = config_load(dir);
	ck_assert_str_eq(loaded_faults(&filled, dir), "");
	load_source("config/suandian.yaml");
	ck_assert_str_eq(filled.c->canonical, l.c->canonical);
	loaded_free(&filled);
	free(text);
	buf_fini(&out);
}
END_TEST

START_TEST(the_example_is_as_its_golden_text)
{
	char *golden;

	load_source("config/examples/sichuan-one/suandian.yaml");
	if (getenv("SUANDIAN_WRITE_GOLDEN")) {
		char *source = source_path("");

		config_write(source, GOLDEN, l.c->canonical);
		free(source);
	}
	golden = source_text(GOLDEN);
	ck_assert_str_eq(l.c->canonical, golden);
	free(golden);
}
END_TEST

START_TEST(the_example_is_the_site_of_the_demonstration)
{
	static const char *const roles[] = {"pcc.power",	   "load.power",
					    "pv[pv1].power",	   "storage[bess].soc",
					    "storage[bess].power", "storage[ups].soc",
					    "storage[ups].power",  "queue[batch].backlog",
					    "queue[batch].power",  "queue[batch].arrivals",
					    "queue[batch].due",	   "price.buy",
					    "price.sell",	   "temperature"};
	const struct access_peer self = {.is_self = true}, other = {.user = "li"};
	const struct site *s;
	const struct tariff *t;

	load_source("config/examples/sichuan-one/suandian.yaml");
	s = configuration_site(l.c, "hongyuan");
	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_null(configuration_site(l.c, "gone"));
	t = configuration_tariff(l.c, "sc-tou-2023");
	ck_assert_int_eq(s->n_tariffs, 1);
	ck_assert_ptr_eq(s->tariffs[0], t);
	ck_assert_str_eq(zone_name(s->zone), "Asia/Shanghai");
	ck_assert_int_eq(s->pcc.import_max_w, 20000000);
	ck_assert_int_eq(s->pcc.export_max_w, 10000000);
	ck_assert_int_eq(s->pcc.contracted_demand_w, 14000000);
	ck_assert_int_eq(s->load.pue_ppm, 1250000);
	ck_assert_int_eq(s->generators[0].capacity_w, 12000000);
	ck_assert_int_eq(s->n_storage, 2);
	ck_assert_int_eq(s->storage[0].soc_min_wh, 800000);
	ck_assert_int_eq(s->storage[0].soc_max_wh, 8000000);
	ck_assert_int_eq(s->storage[0].reserve_wh, 1600000);
	ck_assert_int_eq(s->storage[0].wear_price_e4, 500);
	ck_assert_int_eq(s->storage[0].terminal_price_e4, -1);
	ck_assert_int_eq(s->storage[1].kind, ASSET_UPS);
	ck_assert_int_eq(s->storage[1].reserve_wh, 450000);
	ck_assert_int_eq(s->queues[0].devices * s->queues[0].device_power_w, 2800000);
	ck_assert_int_eq(s->queues[0].slack_ms, 12 * MS_PER_H);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		ck_assert_ptr_nonnull(site_bound_point(s, "%s", roles[i]));
	ck_assert_int_eq(s->n_bindings, ARRAY_SIZE(roles));
	for (enum access_role r = ROLE_OBSERVE; r <= ROLE_ADAPTER; r++) {
		ck_assert(configuration_allows(l.c, &self, r, r == ROLE_ADAPTER ? "sim" : NULL));
		ck_assert(!configuration_allows(l.c, &other, r, NULL));
	}
}
END_TEST

START_TEST(the_pilots_share_a_section_and_exchange_work)
{
	const struct site *a, *b;
	size_t group[2];
	int64_t t;

	load_source("config/examples/sichuan/suandian.yaml");
	ck_assert_uint_eq(l.c->n_sites, 2);
	a = configuration_site(l.c, "hongyuan");
	b = configuration_site(l.c, "liangshan");
	ck_assert(a && b);
	network_groups(&l.c->network, l.c->sites, l.c->n_sites, group);
	ck_assert_uint_eq(group[0], group[1]);
	ck_assert_int_eq(l.c->network.n_limits, 1);
	ck_assert_int_eq(l.c->network.n_links, 2);
	ck_assert_int_eq(a->n_cooling, 1);
	ck_assert_int_eq(b->generators[1].kind, ASSET_HYDRO);
	ck_assert_int_lt(b->generators[1].month_ppm[0], b->generators[1].month_ppm[7]);
	ck_assert_int_eq(a->queues[0].tier, FLEX_F2);
	ck_assert_str_eq(a->queues[1].pool, b->queues[1].pool);
	ck_assert_int_gt(a->pcc.contracted_demand_w, 0);
	ck_assert_int_eq(b->pcc.contracted_demand_w, 0);
	ck_assert_str_eq(a->status, "illustrative");
	/* the evening's room is below what both may draw */
	ck_assert_int_gt(l.c->network.limits[0].background_assumed_w, 0);
	num_parse_time_ms("2025-04-30T12:00+08:00", INT32_MIN, &t);
	ck_assert_str_eq(site_tariff_at(a, t)->id, "sc-tou-2023");
	num_parse_time_ms("2025-07-15T12:00+08:00", INT32_MIN, &t);
	ck_assert_str_eq(site_tariff_at(a, t)->id, "sc-tou-2025-draft");
	ck_assert(configuration_has_day_flag(l.c, "heat35"));
}
END_TEST

/* B10 of the domain's vectors. */
START_TEST(the_calendar_of_2025_knows_its_days)
{
	static const struct {
		int month, day;
		enum day_kind kind;
	} days[] = {{9, 28, DAY_WORKDAY}, {10, 11, DAY_WORKDAY}, {10, 8, DAY_HOLIDAY},
		    {1, 26, DAY_WORKDAY}, {2, 8, DAY_WORKDAY},	 {4, 27, DAY_WORKDAY},
		    {1, 28, DAY_HOLIDAY}, {2, 4, DAY_HOLIDAY},	 {2, 5, DAY_WORKDAY},
		    {6, 2, DAY_HOLIDAY},  {7, 19, DAY_REST},	 {7, 15, DAY_WORKDAY}};

	load_source("config/examples/sichuan/suandian.yaml");
	ck_assert_ptr_nonnull(configuration_calendar(l.c, "cn"));
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		int64_t day = num_days_from_civil(2025, days[i].month, days[i].day);

		ck_assert_int_eq(calendar_day_kind(configuration_calendar(l.c, "cn"), (int32_t)day),
				 days[i].kind);
	}
}
END_TEST

/* ---- tariffs against the vectors ---- */

static void load_sichuan(void)
{
	char *dir = strdup(tmpdir_new());
	char *pattern = source_path("config/sichuan/tariffs.d/*.yaml"), main_text[2000];

	snprintf(main_text, sizeof(main_text), "include: [\"%s\"]\n", pattern);
	config_write(dir, "main.yaml", main_text);
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	ck_assert_uint_eq(l.c->n_tariffs, 3);
	free(pattern);
	free(dir);
}

static int64_t vector_ppm(const json_t *root, const char *group, const char *name)
{
	const json_t *hours =
		json_array_get(json_object_get(json_object_get(root, group), name), 0);

	ck_assert_msg(json_is_number(hours), "%s %s", group, name);
	return (int64_t)(json_number_value(hours) * 1e6 + 0.5);
}

START_TEST(tariffs_meet_the_vectors_of_weighted_hours)
{
	static const struct {
		const char *tariff, *group, *name;
		int months[12];
		const char *flag;
	} cases[] = {
		{"sc-tou-2023", "T1", "2023_ordinary", {2, 3, 4, 5, 6, 9, 10, 11}, NULL},
		{"sc-tou-2023", "T1", "2023_JulAug", {7, 8}, NULL},
		{"sc-tou-2023", "T1", "2023_JanDec", {1, 12}, NULL},
		{"sc-tou-2025-draft", "T2", "draft_spring_autumn", {3, 4, 5, 6, 10, 11}, NULL},
		{"sc-tou-2025-draft", "T2", "draft_JulAug", {7, 8}, NULL},
		{"sc-tou-2025-draft", "T2", "draft_Sep", {9}, NULL},
		{"sc-tou-2025-draft", "T2", "draft_winter", {12, 1, 2}, NULL},
		{"sc-tou-2025-draft", "T2", "draft_JulAug", {7, 8}, "heat35"},
		{"sc-tou-2025-draft", "T2", "draft_winter", {12, 1, 2}, "heat35"},
	};
	char *path = (char *)shared_or_skip("vectors/domain.json");
	json_t *root = json_load_file(path, 0, NULL);
	int n_months = 0;

	ck_assert_ptr_nonnull(root);
	load_sichuan();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tariff *t = configuration_tariff(l.c, cases[i].tariff);
		int64_t want = vector_ppm(root, cases[i].group, cases[i].name);

		for (int k = 0; k < 12 && cases[i].months[k]; k++, n_months++)
			ck_assert_int_eq(tariff_weighted_hours_ppm(t, cases[i].months[k],
								   &cases[i].flag,
								   cases[i].flag != NULL),
					 want);
	}
	ck_assert_int_eq(n_months, 29);
	json_decref(root);
	free(path);
}
END_TEST

/* 2022 has no vector: the ratios of its hours by hand. 8 h peak, 8 h flat, 8 h valley. */
START_TEST(the_tariff_of_2022_has_eight_hours_of_each)
{
	load_sichuan();
	for (int month = 1; month <= 12; month++)
		ck_assert_int_eq(tariff_weighted_hours_ppm(configuration_tariff(l.c, "sc-tou-2022"),
							   month, NULL, 0),
				 8 * 1600000 + 8 * 1000000 + 8 * 400000);
}
END_TEST

START_TEST(one_tariff_in_force_ends_where_the_next_begins)
{
	const struct tariff *a, *b;
	int64_t change;

	load_sichuan();
	a = configuration_tariff(l.c, "sc-tou-2022");
	b = configuration_tariff(l.c, "sc-tou-2023");
	ck_assert_int_eq(num_parse_time_ms("2023-06-01T00:00+08:00", INT32_MIN, &change), 0);
	ck_assert_int_eq(a->valid_to_ms, change);
	ck_assert_int_eq(b->valid_from_ms, change);
	ck_assert_str_eq(b->status, "final");
	ck_assert_str_eq(b->flat_price_status, "illustrative");
	ck_assert_str_eq(configuration_tariff(l.c, "sc-tou-2025-draft")->status, "draft");
}
END_TEST

/* ---- canonical text ---- */

START_TEST(the_canonical_text_is_a_configuration_with_the_same_text)
{
	static const char *const files[] = {"config/suandian.yaml",
					    "config/examples/sichuan-one/suandian.yaml",
					    "config/examples/sichuan/suandian.yaml"};
	char *dir = strdup(tmpdir_new());

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct loaded again;
		uint8_t hash[SHA256_LEN];

		load_source(files[i]);
		config_write(dir, "main.yaml", l.c->canonical);
		again = config_load(dir);
		ck_assert_str_eq(loaded_faults(&again, dir), "");
		ck_assert_str_eq(again.c->canonical, l.c->canonical);
		sha256(l.c->canonical, strlen(l.c->canonical), hash);
		ck_assert_mem_eq(again.c->hash, hash, SHA256_LEN);
		ck_assert_mem_eq(l.c->hash, hash, SHA256_LEN);
		loaded_free(&again);
		loaded_free(&l);
		fault_list_init(&l.faults);
	}
	free(dir);
}
END_TEST

START_TEST(the_hash_is_of_what_is_said_not_of_how)
{
	char *dir = strdup(config_dir_new());
	struct loaded changed;

	l = config_load(dir);
	config_change(dir, "sites.d/a.yaml", "energy: 8MWh", "energy:   8000 kWh # the same");
	changed = config_load(dir);
	ck_assert_mem_eq(changed.c->hash, l.c->hash, SHA256_LEN);
	loaded_free(&changed);
	config_change(dir, "sites.d/a.yaml", "energy: 8MWh", "energy: 8001kWh");
	changed = config_load(dir);
	ck_assert_mem_ne(changed.c->hash, l.c->hash, SHA256_LEN);
	loaded_free(&changed);
	free(dir);
}
END_TEST

/* ---- files ---- */

START_TEST(paths_are_from_the_folder_of_the_main_file)
{
	char *dir = strdup(config_dir_new()), *path = tmpdir_path(dir, "data");

	l = config_load(dir);
	ck_assert_str_eq(l.c->settings.store.path, path);
	ck_assert_ptr_nonnull(strstr(l.c->canonical, "path: data\n"));
	free(path);
	free(dir);
}
END_TEST

START_TEST(a_bare_file_name_is_in_the_working_folder)
{
	char *dir = strdup(config_dir_new());

	ck_assert_int_eq(chdir(dir), 0);
	l.r = configure_load("main.yaml", &l.c, &l.faults);
	ck_assert_int_eq(l.r, 0);
	ck_assert_str_eq(l.c->settings.store.path, "data");
	ck_assert_uint_eq(l.c->n_sites, 1);
	free(dir);
}
END_TEST

START_TEST(files_come_by_name_and_once)
{
	char *dir = strdup(config_dir_new()), text[300];

	config_change(dir, "sites.d/a.yaml", "id: a\n", "id: z\n");
	snprintf(text, sizeof(text), "include: [\"sites.d/?.yaml\", tariffs.d/t.yaml]\n");
	config_write(dir, "main.yaml", text);
	config_write(dir, "sites.d/.hidden.yaml", "not: read\n");
	config_write(dir, "sites.d/b.yaml.bak", "not: read\n");
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	ck_assert_uint_eq(l.c->n_sites, 1);
	ck_assert_uint_eq(l.c->n_tariffs, 1);
	ck_assert_str_eq(l.c->sites[0].id, "z");
	free(dir);
}
END_TEST

START_TEST(a_folder_may_have_signs_of_patterns_in_its_name)
{
	char *outer = strdup(tmpdir_new()), *dir = tmpdir_path(outer, "a[b]*?\\c"), *sub;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	sub = tmpdir_path(dir, "tariffs.d");
	ck_assert_int_eq(mkdir(sub, 0700), 0);
	config_write(dir, "main.yaml", "");
	config_write(dir, "tariffs.d/t.yaml", config_text("tariffs.d/t.yaml"));
	l = config_load(dir);
	ck_assert_str_eq(loaded_faults(&l, dir), "");
	ck_assert_uint_eq(l.c->n_tariffs, 1);
	free(sub);
	free(dir);
	free(outer);
}
END_TEST

START_TEST(without_rules_only_the_daemons_own_user_may)
{
	const struct access_peer self = {.is_self = true}, root = {.user = "root"};
	char *dir = strdup(tmpdir_new());

	config_write(dir, "main.yaml", "");
	l = config_load(dir);
	ck_assert_uint_eq(l.c->n_rules, 1);
	ck_assert(configuration_allows(l.c, &self, ROLE_ADMIN, NULL));
	ck_assert(configuration_allows(l.c, &self, ROLE_ADAPTER, "x"));
	ck_assert(!configuration_allows(l.c, &root, ROLE_OBSERVE, NULL));
	free(dir);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("configure");
	TCase *t = tcase_create("configure");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_default_file_says_the_defaults);
	tcase_add_test(t, what_the_default_file_comments_out_can_be_put_in);
	tcase_add_test(t, the_example_is_as_its_golden_text);
	tcase_add_test(t, the_example_is_the_site_of_the_demonstration);
	tcase_add_test(t, the_pilots_share_a_section_and_exchange_work);
	tcase_add_test(t, the_calendar_of_2025_knows_its_days);
	tcase_add_test(t, tariffs_meet_the_vectors_of_weighted_hours);
	tcase_add_test(t, the_tariff_of_2022_has_eight_hours_of_each);
	tcase_add_test(t, one_tariff_in_force_ends_where_the_next_begins);
	tcase_add_test(t, the_canonical_text_is_a_configuration_with_the_same_text);
	tcase_add_test(t, the_hash_is_of_what_is_said_not_of_how);
	tcase_add_test(t, paths_are_from_the_folder_of_the_main_file);
	tcase_add_test(t, a_bare_file_name_is_in_the_working_folder);
	tcase_add_test(t, files_come_by_name_and_once);
	tcase_add_test(t, a_folder_may_have_signs_of_patterns_in_its_name);
	tcase_add_test(t, without_rules_only_the_daemons_own_user_may);
	suite_add_tcase(s, t);
	return run_suite(s);
}
