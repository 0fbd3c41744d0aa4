#include "model/site.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "testlib/run.h"

/* The example site, as its YAML says it. */
static struct site s;

static void bind(const char *role, const char *point)
{
	struct binding *b = &s.bindings[s.n_bindings++];

	*b = (struct binding){0};
	snprintf(b->role, sizeof(b->role), "%s", role);
	snprintf(b->point, sizeof(b->point), "%s", point);
}

static void setup(void)
{
	s = (struct site){
		.id = "hongyuan",
		.pcc = {.import_max_w = 20000000,
			.export_max_w = 10000000,
			.contracted_demand_w = 14000000,
			.over_demand_price_e4 = 30000},
		.load = {.id = "it", .capacity_w = 8000000, .floor_w = 3000000, .pue_ppm = 1250000},
		.n_generators = 1,
		.n_storage = 2,
		.n_queues = 1,
		.generators = {{.id = "pv1", .capacity_w = 12000000, .curtailable = true}},
		.storage = {{.id = "bess",
			     .kind = ASSET_BATTERY,
			     .energy_wh = 8000000,
			     .charge_max_w = 4000000,
			     .discharge_max_w = 4000000,
			     .eta_charge_ppm = 950000,
			     .eta_discharge_ppm = 950000,
			     .retention_ppm_per_h = PPM,
			     .soc_min_wh = 800000,
			     .soc_max_wh = 8000000,
			     .reserve_wh = 1600000,
			     .wear_price_e4 = 500,
			     .terminal_price_e4 = -1},
			    {.id = "ups",
			     .kind = ASSET_UPS,
			     .energy_wh = 600000,
			     .charge_max_w = 1500000,
			     .discharge_max_w = 1500000,
			     .eta_charge_ppm = PPM,
			     .eta_discharge_ppm = PPM,
			     .retention_ppm_per_h = PPM,
			     .soc_min_wh = 0,
			     .soc_max_wh = 600000,
			     .reserve_wh = 450000,
			     .wear_price_e4 = 1}},
		.queues = {{.id = "batch",
			    .devices = 4000,
			    .device_power_w = 700,
			    .slack_ms = 12 * MS_PER_H,
			    .late_price_e4 = 1}},
	};
	bind("pcc.power", "hongyuan/pcc.power");
	bind("pv[pv1].power", "hongyuan/pv1.power");
	bind("storage[bess].soc", "hongyuan/bess.soc");
	bind("storage[ups].soc", "hongyuan/ups.soc");
	bind("load.power", "hongyuan/it.power");
	bind("queue[batch].backlog", "hongyuan/batch.backlog");
	bind("price.buy", "hongyuan/price.buy");
}

/* -- roles -- */

START_TEST(roles_say_what_they_are_about)
{
	static const struct {
		const char *role;
		enum asset_kind kind;
		enum unit unit;
		const char *asset;
	} cases[] = {
		{"pcc.power", ASSET_PCC, UNIT_W, ""},
		{"load.power", ASSET_LOAD, UNIT_W, ""},
		{"pv[pv1].power", ASSET_PV, UNIT_W, "pv1"},
		{"storage[bess].soc", ASSET_BATTERY, UNIT_PERCENT, "bess"},
		{"storage[a.b-c].power", ASSET_BATTERY, UNIT_W, "a.b-c"},
		{"queue[q].backlog", ASSET_QUEUE, UNIT_DEVICE_SECONDS, "q"},
		{"queue[q].power", ASSET_QUEUE, UNIT_W, "q"},
		{"queue[q].arrivals", ASSET_QUEUE, UNIT_DEVICE_SECONDS, "q"},
		{"queue[q].due", ASSET_QUEUE, UNIT_DEVICE_SECONDS, "q"},
		{"price.buy", ASSET_NONE, UNIT_PRICE, ""},
		{"price.sell", ASSET_NONE, UNIT_PRICE, ""},
		{"temperature", ASSET_NONE, UNIT_CELSIUS, ""},
	};
	struct site_role role;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(site_role_parse(cases[i].role, &role), 0);
		ck_assert_int_eq(role.kind, cases[i].kind);
		ck_assert_int_eq(role.unit, cases[i].unit);
		ck_assert_str_eq(role.asset, cases[i].asset);
	}
}
END_TEST

START_TEST(what_is_no_role_is_refused)
{
	static const char *const bad[] = {"",
					  "pcc",
					  "pcc.power ",
					  "pv[].power",
					  "pv[a]",
					  "pv[a].soc",
					  "storage[a].powe",
					  "storage[a.soc",
					  "queue.power",
					  "price",
					  "PCC.power",
					  "pv[pv1].power.x",
					  "].power",
					  "temperature[a]"};
	char long_role[ID_MAX * 2];
	struct site_role role;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(site_role_parse(bad[i], &role) == ERR_INVALID, "%s", bad[i]);
	snprintf(long_role, sizeof(long_role), "pv[%064d].power", 1);
	ck_assert_int_eq(site_role_parse(long_role, &role), ERR_INVALID);
	snprintf(long_role, sizeof(long_role), "pv[%063d].power", 1);
	ck_assert_int_eq(site_role_parse(long_role, &role), 0);
}
END_TEST

START_TEST(points_are_found_by_role)
{
	ck_assert_str_eq(site_bound_point(&s, "pcc.power"), "hongyuan/pcc.power");
	ck_assert_str_eq(site_bound_point(&s, "storage[%s].soc", "bess"), "hongyuan/bess.soc");
	ck_assert_ptr_null(site_bound_point(&s, "storage[%s].power", "bess"));
	ck_assert_ptr_null(site_bound_point(&s, "%0200d", 1));
}
END_TEST

START_TEST(assets_have_kinds_and_paths)
{
	char path[32], small[6];

	ck_assert_str_eq(asset_path(path, sizeof(path), &s, "bess"), "hongyuan/bess");
	ck_assert_str_eq(asset_path(small, sizeof(small), &s, "bess"), "hongy");
	ck_assert_str_eq(asset_kind_name(ASSET_PV), "pv");
	ck_assert_str_eq(asset_kind_name(ASSET_UPS), "ups");
	ck_assert_str_eq(asset_kind_name(ASSET_PCC), "pcc");
	ck_assert_str_eq(asset_kind_name((enum asset_kind)99), "?");
}
END_TEST

/* -- checks -- */

static char paths[4096], texts[8192];
static int n_told;

static void tell(void *arg, const char *path, const char *text)
{
	ck_assert_ptr_eq(arg, &n_told);
	n_told++;
	strncat(paths, path, sizeof(paths) - strlen(paths) - 1);
	strncat(paths, " ", sizeof(paths) - strlen(paths) - 1);
	strncat(texts, text, sizeof(texts) - strlen(texts) - 1);
	strncat(texts, "\n", sizeof(texts) - strlen(texts) - 1);
}

static void expect(const char *want)
{
	paths[0] = texts[0] = '\0';
	n_told = 0;
	ck_assert_int_eq(site_check(&s, tell, &n_told), n_told);
	ck_assert_msg(strcmp(paths, want) == 0, "told \"%s\", not \"%s\":\n%s", paths, want, texts);
}

START_TEST(the_example_site_is_in_order)
{
	expect("");
}
END_TEST

/* Each broken member is named, alone. */
#define BREAK(member, value, want)                                                                 \
	do {                                                                                       \
		setup();                                                                           \
		s.member = (value);                                                                \
		expect(want);                                                                      \
	} while (0)

START_TEST(the_connection_is_checked)
{
	BREAK(pcc.import_max_w, 0, "pcc.import_max pcc.contracted_demand ");
	BREAK(pcc.import_max_w, 3000000, "pcc.import_max pcc.contracted_demand ");
	ck_assert_ptr_nonnull(strstr(texts, "3750000"));
	BREAK(pcc.export_max_w, -1, "pcc.export_max ");
	BREAK(pcc.export_max_w, 0, "");
	BREAK(pcc.contracted_demand_w, -1, "pcc.contracted_demand ");
	BREAK(pcc.contracted_demand_w, 20000001, "pcc.contracted_demand ");
	BREAK(pcc.contracted_demand_w, 0, "");
	BREAK(pcc.over_demand_price_e4, 0, "pcc.over_demand_price ");
	s.pcc.contracted_demand_w = 0;
	expect("");
}
END_TEST

START_TEST(the_load_is_checked)
{
	BREAK(load.capacity_w, 0, "load.capacity load.floor queues[0].devices ");
	BREAK(load.floor_w, -1, "load.floor ");
	BREAK(load.floor_w, 8000001, "load.floor ");
	BREAK(load.pue_ppm, PPM - 1, "load.pue ");
	BREAK(load.pue_ppm, 5 * PPM + 1, "load.pue ");
	BREAK(load.pue_ppm, PPM, "");
}
END_TEST

START_TEST(pv_is_checked)
{
	BREAK(generators[0].capacity_w, 0, "pv[0].capacity ");
	BREAK(generators[0].curtail_price_e4, -1, "pv[0].curtail_price ");
}
END_TEST

START_TEST(storage_is_checked)
{
	BREAK(storage[1].kind, ASSET_PV, "storage[1].kind ");
	BREAK(storage[0].energy_wh, 0, "storage[0].energy storage[0].soc_max ");
	BREAK(storage[0].charge_max_w, -1, "storage[0].charge_max ");
	BREAK(storage[0].discharge_max_w, -1, "storage[0].discharge_max ");
	BREAK(storage[0].eta_charge_ppm, 0, "storage[0].eta_charge ");
	BREAK(storage[0].eta_charge_ppm, PPM + 1, "storage[0].eta_charge ");
	BREAK(storage[0].eta_discharge_ppm, 0, "storage[0].eta_discharge ");
	BREAK(storage[0].eta_discharge_ppm, PPM + 1, "storage[0].eta_discharge ");
	BREAK(storage[0].retention_ppm_per_h, 0, "storage[0].retention ");
	BREAK(storage[0].retention_ppm_per_h, PPM + 1, "storage[0].retention ");
	BREAK(storage[0].wear_price_e4, 0, "storage[0].wear_price ");
	BREAK(storage[0].terminal_price_e4, -2, "storage[0].terminal_price ");
	BREAK(storage[0].soc_min_wh, -1, "storage[0].soc_min ");
	BREAK(storage[0].soc_max_wh, 8000001, "storage[0].soc_max ");
	BREAK(storage[0].soc_min_wh, 8000000, "storage[0].soc_min ");
	BREAK(storage[0].reserve_wh, 799999, "storage[0].reserve ");
	BREAK(storage[0].reserve_wh, 8000001, "storage[0].reserve ");
	BREAK(storage[0].reserve_wh, 800000, "");
}
END_TEST

START_TEST(queues_are_checked)
{
	BREAK(queues[0].devices, 0, "queues[0].devices ");
	BREAK(queues[0].devices, 11429, "queues[0].devices ");
	BREAK(queues[0].devices, INT64_MAX, "queues[0].devices ");
	BREAK(queues[0].device_power_w, 0, "queues[0].device_power ");
	BREAK(queues[0].power_min_w, -1, "queues[0].power_min ");
	BREAK(queues[0].power_min_w, 2800001, "queues[0].power_min ");
	BREAK(queues[0].slack_ms, SLOT_MS - 1, "queues[0].slack ");
	BREAK(queues[0].late_price_e4, 0, "queues[0].late_price ");
}
END_TEST

START_TEST(ids_are_valid_and_apart)
{
	snprintf(s.id, sizeof(s.id), "Hong Yuan");
	expect("id ");
	setup();
	snprintf(s.storage[1].id, sizeof(s.storage[1].id), "bess");
	expect("storage[1].id bindings[3].role ");
	ck_assert_ptr_nonnull(strstr(texts, "another asset"));
	setup();
	snprintf(s.load.id, sizeof(s.load.id), "pcc");
	expect("load.id ");
	setup();
	snprintf(s.generators[0].id, sizeof(s.generators[0].id), "batch");
	expect("queues[0].id bindings[1].role ");
	setup();
	s.queues[0].id[0] = '\0';
	expect("queues[0].id bindings[5].role bindings ");
}
END_TEST

START_TEST(bindings_are_roles_of_the_sites_assets_to_points)
{
	bind("queue[other].power", "hongyuan/x");
	expect("bindings[7].role ");
	ck_assert_ptr_nonnull(strstr(texts, "no such asset"));
	setup();
	bind("what", "hongyuan/x");
	expect("bindings[7].role ");
	ck_assert_ptr_nonnull(strstr(texts, "\"what\" is no role"));
	setup();
	bind("temperature", "Hongyuan/x");
	expect("bindings[7].point ");
	setup();
	bind("pcc.power", "hongyuan/x");
	expect("bindings[7].role ");
	setup();
	bind("storage[bess].power", "hongyuan/pcc.power");
	expect("bindings[7].point ");
	setup();
	/* one price for both ways is fine */
	bind("price.sell", "hongyuan/price.buy");
	expect("");
}
END_TEST

START_TEST(what_has_no_substitute_must_be_bound)
{
	s.n_bindings = 0;
	expect("bindings bindings bindings bindings ");
	ck_assert_ptr_nonnull(strstr(texts, "pcc.power is not bound"));
	ck_assert_ptr_nonnull(strstr(texts, "storage[bess].soc is not bound"));
	ck_assert_ptr_nonnull(strstr(texts, "storage[ups].soc is not bound"));
	ck_assert_ptr_nonnull(strstr(texts, "queue[batch].backlog is not bound"));
}
END_TEST

START_TEST(all_faults_come_at_once)
{
	memset(&s, 0, sizeof(s));
	s.n_generators = 1;
	s.n_storage = 1;
	s.n_queues = 1;
	paths[0] = texts[0] = '\0';
	n_told = 0;
	ck_assert_int_gt(site_check(&s, tell, &n_told), 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("site");
	TCase *t = tcase_create("site");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, roles_say_what_they_are_about);
	tcase_add_test(t, what_is_no_role_is_refused);
	tcase_add_test(t, points_are_found_by_role);
	tcase_add_test(t, assets_have_kinds_and_paths);
	tcase_add_test(t, the_example_site_is_in_order);
	tcase_add_test(t, the_connection_is_checked);
	tcase_add_test(t, the_load_is_checked);
	tcase_add_test(t, pv_is_checked);
	tcase_add_test(t, storage_is_checked);
	tcase_add_test(t, queues_are_checked);
	tcase_add_test(t, ids_are_valid_and_apart);
	tcase_add_test(t, bindings_are_roles_of_the_sites_assets_to_points);
	tcase_add_test(t, what_has_no_substitute_must_be_bound);
	tcase_add_test(t, all_faults_come_at_once);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
