#include "model/point.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

#define PERIOD_MIN_MS MS_PER_S
#define PERIOD_MAX_MS MS_PER_DAY

static bool is_interval_kind(enum value_kind k)
{
	return k == KIND_MEAN || k == KIND_ENERGY;
}

static int check_name(const struct point_decl *d, struct fault *f)
{
	if (!memchr(d->name, '\0', sizeof(d->name)) || !point_name_is_valid(d->name))
		return fault_set(f, ERR_INVALID,
				 "name: ids of [a-z0-9_.-] joined by '/', at most %d bytes",
				 NAME_MAX_B - 1);
	return 0;
}

static int check_range(const struct point_decl *d, struct fault *f)
{
	if ((d->has_min && !isfinite(d->min)) || (d->has_max && !isfinite(d->max)))
		return fault_set(f, ERR_INVALID, "%s: min and max are finite numbers", d->name);
	if (d->has_min && d->has_max && d->min > d->max)
		return fault_set(f, ERR_INVALID, "%s: min is above max", d->name);
	return 0;
}

int point_decl_check(const struct point_decl *d, struct fault *f)
{
	const char *end = memchr(d->description, '\0', sizeof(d->description));
	int r = check_name(d, f);

	if (r)
		return r;
	if (d->unit <= UNIT_NONE || d->unit > UNIT_LAST)
		return fault_set(f, ERR_INVALID, "%s: unit %d is not known", d->name, (int)d->unit);
	if (d->kind <= KIND_NONE || d->kind > KIND_LAST)
		return fault_set(f, ERR_INVALID, "%s: kind %d is not known", d->name, (int)d->kind);
	if ((unsigned)d->label > LABEL_END)
		return fault_set(f, ERR_INVALID, "%s: label %d is not known", d->name,
				 (int)d->label);
	if (is_interval_kind(d->kind) && d->label == LABEL_NONE)
		return fault_set(f, ERR_INVALID,
				 "%s: means and energies say which end of the interval is labelled",
				 d->name);
	if (d->period_ms < PERIOD_MIN_MS || d->period_ms > PERIOD_MAX_MS)
		return fault_set(f, ERR_INVALID, "%s: period is 1 s to 1 day", d->name);
	if (!end || !text_is_valid(d->description, (size_t)(end - d->description)))
		return fault_set(f, ERR_INVALID, "%s: description is not plain UTF-8 text",
				 d->name);
	return check_range(d, f);
}

bool point_decl_is_compatible(const struct point_decl *old, const struct point_decl *next)
{
	return old->unit == next->unit && old->kind == next->kind;
}

enum quality point_judge(const struct point_decl *d, double value, enum quality given)
{
	if (!isfinite(value))
		return QUALITY_MISSING;
	if ((d->has_min && value < d->min) || (d->has_max && value > d->max))
		return QUALITY_BAD;
	return (unsigned)given <= QUALITY_BAD ? given : QUALITY_BAD;
}

bool point_is_stale(const struct point_decl *d, int64_t t_ms, int64_t now_ms)
{
	/* a start-labelled interval value exists only from the end of its interval on */
	if (is_interval_kind(d->kind) && d->label == LABEL_START)
		t_ms += d->period_ms;
	return now_ms - t_ms > 2 * d->period_ms;
}
