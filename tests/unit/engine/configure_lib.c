#include "configure_lib.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "testlib/tmpdir.h"

static const struct {
	const char *name, *text;
} sound[] = {
	{"main.yaml", "store: {path: data}\n"
		      "plan:\n"
		      "  period: 15min\n"
		      "  horizon: 36h\n"
		      "  fine: 24h\n"
		      "event: {surplus_price: 0.5 CNY/kWh}\n"
		      "access:\n"
		      "  - {user: li, roles: [observe]}\n"},
	{"tariffs.d/t.yaml", "tariffs:\n"
			     "  - id: t\n"
			     "    document: d\n"
			     "    status: final\n"
			     "    valid_from: 2023-01-01T00:00+08:00\n"
			     "    valid_to: 2024-01-01T00:00+08:00\n"
			     "    flat_price: 0.6 CNY/kWh\n"
			     "    flat_price_status: illustrative\n"
			     "    ratios: {valley: 0.4, peak: 1.6, critical: 1.92}\n"
			     "    sell_price: 0.2 CNY/kWh\n"
			     "    seasons:\n"
			     "      - months: 1-12\n"
			     "        spans:\n"
			     "          - peak 08:00-20:00\n"
			     "          - valley 20:00-08:00\n"
			     "      - months: 7-8\n"
			     "        overlay: true\n"
			     "        spans: [critical 15:00-17:00]\n"},
	{"sites.d/a.yaml", "sites:\n"
			   "  - id: a\n"
			   "    tariff: t\n"
			   "    zone: Asia/Shanghai\n"
			   "    pcc:\n"
			   "      import_max: 20MW\n"
			   "      contracted_demand: 14MW\n"
			   "    load: {capacity: 8MW, floor: 3MW, pue: 1.25}\n"
			   "    storage:\n"
			   "      - id: b\n"
			   "        kind: battery\n"
			   "        energy: 8MWh\n"
			   "        charge_max: 4MW\n"
			   "        discharge_max: 4MW\n"
			   "        eta_charge: 95%\n"
			   "        eta_discharge: 95%\n"
			   "        soc_min: 0.8MWh\n"
			   "        reserve: 1.6MWh\n"
			   "    bindings:\n"
			   "      - {role: pcc.power, point: a/pcc}\n"
			   "      - {role: \"storage[b].soc\", point: a/soc}\n"
			   "      - role: temperature\n"
			   "        point: weather/t\n"},
};

static void make_dir(const char *dir, const char *name)
{
	char *path = tmpdir_path(dir, name);

	ck_assert_int_eq(mkdir(path, 0700), 0);
	free(path);
}

void config_write(const char *dir, const char *name, const char *text)
{
	char *path = tmpdir_path(dir, name);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	free(path);
}

const char *config_dir_new(void)
{
	const char *dir = tmpdir_new();

	make_dir(dir, "sites.d");
	make_dir(dir, "tariffs.d");
	for (size_t i = 0; i < ARRAY_SIZE(sound); i++)
		config_write(dir, sound[i].name, sound[i].text);
	return dir;
}

const char *config_text(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sound); i++) {
		if (strcmp(sound[i].name, name) == 0)
			return sound[i].text;
	}
	ck_abort_msg("no text %s", name);
}

void config_change(const char *dir, const char *name, const char *from, const char *to)
{
	const char *text = config_text(name), *at = strstr(text, from);
	struct buf b;

	ck_assert_msg(at != NULL, "%s is not in %s", from, name);
	buf_init(&b, 0);
	buf_append(&b, text, (size_t)(at - text));
	buf_printf(&b, "%s%s", to, at + strlen(from));
	config_write(dir, name, buf_str(&b));
	buf_fini(&b);
}

struct loaded config_load(const char *dir)
{
	struct loaded l = {0};
	char *path = tmpdir_path(dir, "main.yaml");

	fault_list_init(&l.faults);
	l.r = configure_load(path, &l.c, &l.faults);
	free(path);
	return l;
}

void loaded_free(struct loaded *l)
{
	configuration_free(l->c);
	fault_list_fini(&l->faults);
	l->c = NULL;
}

const char *loaded_faults(const struct loaded *l, const char *dir)
{
	static char text[64 * 1024];
	char *out = text, one[2000];
	size_t n = strlen(dir);

	text[0] = '\0';
	for (size_t i = 0; i < l->faults.n; i++) {
		const char *rest;

		conf_fault_format(&l->faults.at[i], one, sizeof(one));
		for (const char *p = one; *p; p = rest) { /* the folder may stand inside, too */
			const char *at = strstr(p, dir);
			int len = at ? (int)(at - p) : (int)strlen(p);

			out += snprintf(out, sizeof(text) - (size_t)(out - text), "%.*s", len, p);
			rest = p + len + (at ? n + 1 : 0);
		}
		out += snprintf(out, sizeof(text) - (size_t)(out - text), "\n");
	}
	return text;
}

char *source_text(const char *path)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *full = tmpdir_path(source ? source : ".", path), *text = calloc(1, 1 << 20);
	FILE *f = fopen(full, "r");

	ck_assert_msg(f != NULL && text != NULL, "%s", full);
	ck_assert_uint_lt(fread(text, 1, (1 << 20) - 1, f), (1 << 20) - 1);
	fclose(f);
	free(full);
	return text;
}
