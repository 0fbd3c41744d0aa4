#include "common/pointspec.h"

#include <math.h>
#include <string.h>

#define PART_MAX 63 /* bytes between slashes */

/* Spelled as the daemon and suandianctl spell them. */
const struct schema_word pointspec_units[] = {
	{"W", SUANDIAN__V1__UNIT__UNIT_W},
	{"Wh", SUANDIAN__V1__UNIT__UNIT_WH},
	{"percent", SUANDIAN__V1__UNIT__UNIT_PERCENT},
	{"celsius", SUANDIAN__V1__UNIT__UNIT_CELSIUS},
	{"price_e4", SUANDIAN__V1__UNIT__UNIT_PRICE},
	{"g/kWh", SUANDIAN__V1__UNIT__UNIT_CARBON},
	{"device_s", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS},
	{"count", SUANDIAN__V1__UNIT__UNIT_COUNT},
	{"Hz", SUANDIAN__V1__UNIT__UNIT_HZ},
	{"bool", SUANDIAN__V1__UNIT__UNIT_BOOL},
	{"per_unit", SUANDIAN__V1__UNIT__UNIT_PER_UNIT},
	{0},
};

const struct schema_word pointspec_kinds[] = {
	{"instant", SUANDIAN__V1__VALUE_KIND__KIND_INSTANT},
	{"mean", SUANDIAN__V1__VALUE_KIND__KIND_MEAN},
	{"energy", SUANDIAN__V1__VALUE_KIND__KIND_ENERGY},
	{"counter", SUANDIAN__V1__VALUE_KIND__KIND_COUNTER},
	{"status", SUANDIAN__V1__VALUE_KIND__KIND_STATUS},
	{0},
};

const struct schema_word pointspec_labels[] = {
	{"none", SUANDIAN__V1__POINT_LABEL__LABEL_UNSPECIFIED},
	{"start", SUANDIAN__V1__POINT_LABEL__LABEL_START},
	{"end", SUANDIAN__V1__POINT_LABEL__LABEL_END},
	{0},
};

static bool is_name(const char *s)
{
	size_t run = 0;

	for (; *s; s++) {
		if (*s == '/') {
			if (run == 0)
				return false;
			run = 0;
		} else if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", *s) ||
			   ++run > PART_MAX) {
			return false;
		}
	}
	return run > 0;
}

int pointspec_check(const struct pointspec *p, const char **ret_key, struct fault *f)
{
	bool is_interval = p->kind == SUANDIAN__V1__VALUE_KIND__KIND_MEAN ||
			   p->kind == SUANDIAN__V1__VALUE_KIND__KIND_ENERGY;

	*ret_key = "point";
	if (!is_name(p->name))
		return fault_set(f, ERR_INVALID, "is no name of a point such as site/pcc.power");
	*ret_key = "label";
	if (is_interval && p->label == SUANDIAN__V1__POINT_LABEL__LABEL_UNSPECIFIED)
		return fault_set(f, ERR_INVALID,
				 "is needed for a mean or energy: start or end of its interval");
	*ret_key = "min";
	if (p->min > p->max)
		return fault_set(f, ERR_INVALID, "is above max");
	return 0;
}

static void declare_one(const struct pointspec *p, Suandian__V1__PointDecl *d)
{
	suandian__v1__point_decl__init(d);
	d->name = (char *)p->name; /* read only: it is encoded */
	d->description = (char *)p->description;
	d->unit = (Suandian__V1__Unit)p->unit;
	d->kind = (Suandian__V1__ValueKind)p->kind;
	d->label = (Suandian__V1__PointLabel)p->label;
	d->period_ms = (uint32_t)p->period_ms;
	if (p->min > -POINTSPEC_NO_BOUND) {
		d->has_min_case = SUANDIAN__V1__POINT_DECL__HAS_MIN_MIN;
		d->min = p->min;
	}
	if (p->max < POINTSPEC_NO_BOUND) {
		d->has_max_case = SUANDIAN__V1__POINT_DECL__HAS_MAX_MAX;
		d->max = p->max;
	}
}

Suandian__V1__DeclarePoints *pointspec_declare(const struct pointspec *const *spec, size_t n,
					       struct arena *a)
{
	Suandian__V1__DeclarePoints *all = ARENA_NEW(a, Suandian__V1__DeclarePoints);
	Suandian__V1__PointDecl *decl = ARENA_ARRAY(a, n, Suandian__V1__PointDecl);

	if (!all || !decl)
		return NULL;
	suandian__v1__declare_points__init(all);
	all->points = ARENA_ARRAY(a, n, Suandian__V1__PointDecl *);
	if (!all->points)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		declare_one(spec[i], &decl[i]);
		all->points[i] = &decl[i];
	}
	all->n_points = n;
	return all;
}

double pointspec_value(const struct pointspec *p, double raw, Suandian__V1__Quality *ret_quality)
{
	double value = raw * p->scale + p->offset;

	*ret_quality = SUANDIAN__V1__QUALITY__QUALITY_OK;
	if (!isfinite(value)) {
		*ret_quality = SUANDIAN__V1__QUALITY__QUALITY_MISSING;
		return NAN;
	}
	if (value < p->min || value > p->max)
		*ret_quality = SUANDIAN__V1__QUALITY__QUALITY_BAD;
	return value;
}

const char *pointspec_unit_name(int unit)
{
	for (const struct schema_word *w = pointspec_units; w->text; w++)
		if (w->value == unit)
			return w->text;
	return "?";
}

const char *pointspec_quality_name(Suandian__V1__Quality q)
{
	switch (q) {
	case SUANDIAN__V1__QUALITY__QUALITY_OK:
		return "ok";
	case SUANDIAN__V1__QUALITY__QUALITY_ESTIMATED:
		return "estimated";
	case SUANDIAN__V1__QUALITY__QUALITY_MISSING:
		return "missing";
	case SUANDIAN__V1__QUALITY__QUALITY_BAD:
		return "bad";
	default:
		return "?";
	}
}
