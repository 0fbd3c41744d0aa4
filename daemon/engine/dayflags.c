#include "engine/dayflags.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "engine/audit_operator.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

#define FLAGS_MAX 100000 /* 90 years of three places */

void dayflags_fini(struct engine *e)
{
	free(e->day_flags.at);
	e->day_flags.at = NULL;
	e->day_flags.n = e->day_flags.size = 0;
}

static size_t first_of_day(const struct engine *e, int32_t day)
{
	size_t lo = 0, hi = e->day_flags.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (e->day_flags.at[mid].day < day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Ascending by day, those of a day as they came. -ENOMEM. */
static int insert(struct engine *e, const struct day_flag *flag)
{
	struct day_flags *d = &e->day_flags;
	size_t at = first_of_day(e, flag->day + 1);

	if (d->n == d->size) {
		size_t size = d->size ? 2 * d->size : 16;
		struct day_flag *p = realloc(d->at, size * sizeof(*p));

		if (!p)
			return -ENOMEM;
		d->at = p;
		d->size = size;
	}
	memmove(&d->at[at + 1], &d->at[at], (d->n - at) * sizeof(*d->at));
	d->at[at] = *flag;
	d->n++;
	return 0;
}

int dayflags_restore(struct engine *e, const struct day_flag *flag)
{
	if (flag->id == 0)
		return ERR_CORRUPT;
	if (flag->id > e->day_flags.last)
		e->day_flags.last = flag->id;
	return insert(e, flag);
}

static struct day_flag *find(const struct engine *e, const struct day_flag *flag)
{
	for (size_t i = first_of_day(e, flag->day);
	     i < e->day_flags.n && e->day_flags.at[i].day == flag->day; i++) {
		if (day_flag_is_same(&e->day_flags.at[i], flag))
			return &e->day_flags.at[i];
	}
	return NULL;
}

static bool is_for(const struct day_flag *flag, const struct site *s)
{
	return !flag->scope[0] || strcmp(flag->scope, s->id) == 0 ||
	       strcmp(flag->scope, s->zone_name) == 0;
}

static int check(const struct engine *e, const struct day_flag *flag, struct fault *f)
{
	bool known = !flag->scope[0];

	for (size_t i = 0; !known && i < e->n_sites; i++)
		known = is_for(flag, e->sites[i].site);
	if (!known)
		return fault_set(f, ERR_NOTFOUND, "%s is neither a site nor the zone of one",
				 flag->scope);
	if (!id_is_valid(flag->name))
		return fault_set(f, ERR_INVALID, "flag: a name such as heat35");
	if (!flag->source[0] || flag->issue_ms <= 0)
		return fault_set(f, ERR_INVALID, "a flag has a source and a time of issue");
	return 0;
}

/* Prices follow: new plans, adopted whatever they save, for the old ones count with prices that are none. */
static void follow(struct engine *e, const struct day_flag *flag)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (e->started && is_for(flag, e->sites[i].site))
			e->sites[i].want_plan = e->sites[i].must_adopt = true;
	}
	wake(e);
}

int engine_push_day_flag(struct engine *e, const struct day_flag *flag, struct waiter *w,
			 struct fault *f)
{
	struct day_flag *known = find(e, flag);
	struct day_flag fresh = *flag;
	int r = records_check(e, f);

	if (r == 0)
		r = check(e, flag, f);
	if (r)
		return r;
	if (known && !day_flag_replaces(known, flag)) {
		records_wait(e, w, records_mark(e));
		return 0;
	}
	if (!known && e->day_flags.n >= FLAGS_MAX)
		return fault_set(f, ERR_FULL, "at most %d flags of days", FLAGS_MAX);
	fresh.put_ms = e->clock.now_ms;
	fresh.id = known ? known->id : e->day_flags.last + 1;
	if (known)
		*known = fresh;
	else if (dayflags_restore(e, &fresh))
		return fault_set(f, -ENOMEM, "out of memory");
	records_put(e, &(struct ledger_op){.kind = LEDGER_DAYFLAG, .day_flag = &fresh});
	audit_day_flag(e, &fresh);
	follow(e, &fresh);
	records_wait(e, w, records_mark(e));
	return 0;
}

/* Of several words for a place, its zone and everywhere the latest issue stands; of equal ones the narrowest. */
static int narrowness(const struct day_flag *flag, const struct site *s)
{
	return !flag->scope[0] ? 0 : strcmp(flag->scope, s->id) == 0 ? 2 : 1;
}

static bool goes_before(const struct day_flag *a, const struct day_flag *b, const struct site *s)
{
	if (a->issue_ms != b->issue_ms)
		return a->issue_ms > b->issue_ms;
	return narrowness(a, s) > narrowness(b, s);
}

static bool stands(const struct engine *e, size_t first, const struct day_flag *flag,
		   const struct site *s)
{
	for (size_t i = first; i < e->day_flags.n && e->day_flags.at[i].day == flag->day; i++) {
		const struct day_flag *other = &e->day_flags.at[i];

		if (other != flag && is_for(other, s) && strcmp(other->name, flag->name) == 0 &&
		    goes_before(other, flag, s))
			return false;
	}
	return true;
}

int dayflags_at(const struct engine *e, const struct site *s, int64_t t_ms,
		const char *ret[DAY_FLAGS_MAX])
{
	struct local_time local;
	size_t first;
	int32_t day;
	int n = 0;

	if (e->day_flags.n == 0)
		return 0;
	local = zone_local(s->zone, t_ms);
	day = (int32_t)num_days_from_civil(local.year, local.month, local.day);
	first = first_of_day(e, day);
	for (size_t i = first;
	     n < DAY_FLAGS_MAX && i < e->day_flags.n && e->day_flags.at[i].day == day; i++) {
		const struct day_flag *flag = &e->day_flags.at[i];

		if (flag->set && is_for(flag, s) && stands(e, first, flag, s))
			ret[n++] = flag->name;
	}
	return n;
}

void engine_list_day_flags(const struct engine *e,
			   bool (*visit)(void *arg, const struct day_flag *flag), void *arg)
{
	for (size_t i = 0; i < e->day_flags.n; i++) {
		if (!visit(arg, &e->day_flags.at[i]))
			return;
	}
}
