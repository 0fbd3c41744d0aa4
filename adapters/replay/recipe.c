#include "replay/recipe.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/num.h"

#define M(s, m) SCHEMA_MEMBER(struct recipe_##s, m)

static const struct schema_word conflicts[] = {
	{"refuse", RECIPE_REFUSE}, {"missing", RECIPE_MISSING}, {0}};

static const struct schema_word foresights[] = {{"none", RECIPE_NO_CURVE},
						{"known", RECIPE_KNOWN},
						{"day-ahead", RECIPE_DAY_AHEAD},
						{"recorded", RECIPE_RECORDED},
						{0}};

static const struct schema csv_members[] = {
	{"path", SCHEMA_STRING, M(csv, path), .help = "the file, relative to this one"},
	{"time", SCHEMA_STRING, M(csv, time), .help = "name of the column of times"},
	{"column", SCHEMA_STRING, M(csv, column), .help = "name of the column of values"},
	{"zone", SCHEMA_STRING, M(csv, zone_name), .dflt = "UTC",
	 .help = "time zone of times that name none, and of the hours that are mapped"},
	{0},
};

static const struct schema curve_members[] = {
	{"kind", SCHEMA_ENUM, M(curve, kind), .words = foresights, .dflt = "none",
	 .help = "what is known ahead"},
	{"horizon", SCHEMA_DURATION, M(curve, horizon_ms), .dflt = "36h", .min = 60000,
	 .max = 14 * MS_PER_DAY, .help = "known, day-ahead: how far a curve reaches"},
	{"every", SCHEMA_DURATION, M(curve, every_ms), .dflt = "1h", .min = 60000,
	 .max = MS_PER_DAY, .help = "known, day-ahead: how often one is pushed"},
	{"step", SCHEMA_DURATION, M(curve, step_ms), .dflt = "15min", .min = 1000,
	 .max = MS_PER_DAY, .help = "of a curve"},
	{"publish_hour", SCHEMA_INT, M(curve, publish_hour), .dflt = "14", .min = 0, .max = 23,
	 .help = "day-ahead: local hour from which tomorrow is known"},
	{"issue", SCHEMA_STRING, M(curve, issue),
	 .help = "recorded: name of the column that says when a row was forecast"},
	{"csv", SCHEMA_STRUCT, M(curve, csv), .members = csv_members,
	 .help = "recorded: the file of forecasts"},
	{0},
};

static const struct schema series_members[] = {
	POINTSPEC_ROWS(struct recipe_series, point),
	POINTSPEC_PERIOD(struct recipe_series, point),
	{"csv", SCHEMA_STRUCT, M(series, csv), .required = true, .members = csv_members,
	 .help = "where the values are"},
	{"map_from", SCHEMA_STRING, M(series, map_from),
	 .help = "map local hours to local hours, the first replayed day being this date"},
	{"conflict", SCHEMA_ENUM, M(series, conflict), .words = conflicts, .dflt = "refuse",
	 .help = "two different values of one time"},
	{"curve", SCHEMA_STRUCT, M(series, curve), .members = curve_members,
	 .help = "what is pushed as its forecast"},
	{0},
};

static const struct schema series_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct recipe_series), .members = series_members};

const struct schema recipe_schema[] = {
	{"name", SCHEMA_ID, SCHEMA_MEMBER(struct recipe, name), .dflt = "replay",
	 .help = "of the source, as the daemon knows it"},
	{"zone", SCHEMA_STRING, SCHEMA_MEMBER(struct recipe, zone_name), .dflt = "Asia/Shanghai",
	 .help = "time zone of mapped days, publish hours and the command line"},
	{"history", SCHEMA_DURATION, SCHEMA_MEMBER(struct recipe, history_ms), .dflt = "0s",
	 .min = 0, .max = 366 * MS_PER_DAY,
	 .help = "how much before the first moment is told at once"},
	{"series", SCHEMA_VECTOR, SCHEMA_ITEMS(struct recipe, series, n), .item = &series_item,
	 .min_items = 1, .max_items = RECIPE_SERIES_MAX, .required = true,
	 .help = "points and where their values are"},
	{0},
};

/* ---- Meaning ------------------------------------------------------------------------------------------- */

struct checker {
	const struct conf_node *root;
	struct fault_list *faults;
	size_t i; /* series */
};

static void complain(const struct checker *c, const char *key, const char *text)
{
	char path[CONF_PATH_MAX_B];

	(void)snprintf(path, sizeof(path), "series[%zu].%s", c->i, key);
	fault_list_add(c->faults, conf_locate(c->root, path), "%s: %s", path, text);
}

static void check_csv(const struct checker *c, const char *key, struct recipe_csv *csv)
{
	char at[RECIPE_TEXT_B];

	if (!*csv->path || !*csv->time || !*csv->column)
		complain(c, key, "needs path, time and column");
	(void)snprintf(at, sizeof(at), "%s.zone", key);
	if (zone_load(csv->zone_name, &csv->zone) < 0)
		complain(c, at, "is no time zone of this system");
}

static void check_map(const struct checker *c, struct recipe_series *s)
{
	char text[RECIPE_TEXT_B + 8];
	int64_t ms;

	if (!*s->map_from)
		return;
	(void)snprintf(text, sizeof(text), "%sT00:00Z", s->map_from);
	if (num_parse_time_ms(text, 0, &ms) < 0)
		complain(c, "map_from", "is no date such as 2023-07-10");
	else
		s->map_day = ms / MS_PER_DAY;
	if (s->curve.kind == RECIPE_RECORDED)
		complain(c, "map_from", "does not go with recorded forecasts");
}

static void check_curve(const struct checker *c, struct recipe_series *s)
{
	struct recipe_curve *v = &s->curve;

	if (v->kind == RECIPE_RECORDED && !*v->issue)
		complain(c, "curve.issue", "is needed for recorded forecasts");
	if (v->kind == RECIPE_RECORDED)
		check_csv(c, "curve.csv", &v->csv);
	if (v->kind != RECIPE_NO_CURVE && v->horizon_ms / v->step_ms > RECIPE_STEPS_MAX)
		complain(c, "curve.horizon", "is more than 4096 steps");
}

static void check(const struct conf_node *root, struct recipe *r, struct fault_list *faults)
{
	struct checker c = {root, faults, 0};
	struct map names;

	map_init_str(&names);
	if (zone_load(r->zone_name, &r->zone) < 0)
		fault_list_add(faults, conf_locate(root, "zone"),
			       "zone: is no time zone of this system");
	for (; c.i < r->n; c.i++) {
		struct recipe_series *s = &r->series[c.i];
		struct fault f = {0};
		const char *key;

		if (pointspec_check(&s->point, &key, &f) < 0)
			complain(&c, key, f.text);
		if (map_get_str(&names, s->point.name))
			complain(&c, "point", "is given twice");
		(void)map_put_str(&names, s->point.name, s, NULL);
		check_csv(&c, "csv", &s->csv);
		check_map(&c, s);
		check_curve(&c, s);
	}
	map_fini(&names);
}

/* ---- Files --------------------------------------------------------------------------------------------- */

static int load(const char *path, struct recipe *r, struct fault_list *faults)
{
	struct conf_doc *doc;
	int e = conf_read(path, &doc, faults);

	if (e < 0)
		return e;
	/* Meaning only where the form is right: defaults stand where it is not. */
	if (schema_decode(recipe_schema, conf_root(doc), "", &r->arena, r, faults) == 0)
		check(conf_root(doc), r, faults);
	fault_list_sort(faults);
	conf_free(doc);
	return fault_list_is_empty(faults) ? 0 : ERR_INVALID;
}

static char *folder_of(const char *path)
{
	char *copy = strdup(path), *dir = copy ? strdup(dirname(copy)) : NULL;

	free(copy);
	return dir;
}

int recipe_load(const char *path, struct recipe **ret, struct fault_list *faults)
{
	struct recipe *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return -ENOMEM;
	arena_init(&r->arena, (size_t)64 << 20);
	r->dir = folder_of(path);
	e = r->dir ? load(path, r, faults) : -ENOMEM;
	if (e < 0) {
		recipe_free(r);
		return e;
	}
	*ret = r;
	return 0;
}

void recipe_free(struct recipe *r)
{
	if (!r)
		return;
	arena_fini(&r->arena);
	free(r->dir);
	free(r);
}
