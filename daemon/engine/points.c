#include "engine/points.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

/* Two roles of one point: the first names it. */
static int bind(struct map *bindings, const char *point, const struct bound *as)
{
	struct bound *b;
	void *old = NULL;

	if (map_get_str(bindings, point))
		return 0;
	b = malloc(sizeof(*b));
	if (!b)
		return -ENOMEM;
	*b = *as;
	if (map_put_str(bindings, point, b, &old)) {
		free(b);
		return -ENOMEM;
	}
	return 0;
}

static int collect(const struct site *s, int index, struct map *bindings)
{
	int r = 0;

	for (int k = 0; r == 0 && k < s->n_bindings; k++)
		r = bind(bindings, s->bindings[k].point,
			 &(struct bound){.site = index, .binding = &s->bindings[k]});
	return r;
}

int points_collect(const struct configuration *c, struct map *bindings)
{
	const struct network *net = &c->network;
	int r = 0;

	map_init_str(bindings);
	for (size_t i = 0; r == 0 && i < c->n_sites; i++)
		r = collect(&c->sites[i], (int)i, bindings);
	/* the load of others on what sites share is no site's */
	for (int i = 0; r == 0 && i < net->n_limits; i++) {
		if (net->limits[i].background_point[0])
			r = bind(bindings, net->limits[i].background_point,
				 &(struct bound){.site = -1});
	}
	return r;
}

void points_free_bindings(struct map *bindings)
{
	struct bound *b;
	size_t at = 0;

	while ((b = map_next(bindings, &at, NULL, NULL)))
		free(b);
	map_fini(bindings);
}

int points_init(struct engine *e)
{
	map_init_str(&e->points.by_name);
	return points_collect(e->configuration, &e->points.bindings);
}

static void free_point(struct live_point *lp)
{
	if (lp->curve) {
		free(lp->curve->value);
		free(lp->curve->p10);
		free(lp->curve->p90);
		free(lp->curve);
	}
	free(lp->history);
	free(lp->learnt);
	free(lp);
}

void points_fini(struct engine *e)
{
	for (uint32_t i = 0; i < e->points.n; i++)
		free_point(e->points.all[i]);
	free(e->points.all);
	map_fini(&e->points.by_name);
	points_free_bindings(&e->points.bindings);
}

struct live_point *points_get(const struct engine *e, uint32_t id)
{
	return id >= 1 && id <= e->points.n ? e->points.all[id - 1] : NULL;
}

struct live_point *points_find(const struct engine *e, const char *name)
{
	return map_get_str(&e->points.by_name, name);
}

struct live_point *points_bound(const struct engine *e, const struct site *s, const char *role_fmt,
				...)
{
	char role[sizeof(s->bindings[0].role)];
	const char *name;
	va_list ap;

	va_start(ap, role_fmt);
	vsnprintf(role, sizeof(role), role_fmt, ap);
	va_end(ap);
	name = site_bound_point(s, "%s", role);
	return name ? points_find(e, name) : NULL;
}

static bool grow(struct points *p)
{
	uint32_t size = p->size ? 2 * p->size : 64;
	struct live_point **all;

	if (p->n < p->size)
		return true;
	all = realloc(p->all, size * sizeof(struct live_point *));
	if (!all)
		return false;
	p->all = all;
	p->size = size;
	return true;
}

/* A new point at the end of the register; NULL: out of memory. */
static struct live_point *append(struct engine *e, const struct point *point)
{
	struct points *p = &e->points;
	const struct bound *b = map_get_str(&p->bindings, point->decl.name);
	struct live_point *lp = grow(p) ? calloc(1, sizeof(*lp)) : NULL;
	void *old = NULL;

	if (!lp)
		return NULL;
	lp->point = *point;
	lp->latest.quality = QUALITY_MISSING;
	lp->site = b ? b->site : -1;
	lp->binding = b ? b->binding : NULL;
	if (b) {
		lp->history = malloc(sizeof(*lp->history));
		lp->learnt = calloc(1, sizeof(*lp->learnt));
		if (!lp->history || !lp->learnt)
			goto fail;
		history_init(lp->history, &point->decl);
		lp->learnt->until_ms = INT64_MIN;
	}
	if (map_put_str(&p->by_name, point->decl.name, lp, &old))
		goto fail;
	p->all[p->n++] = lp;
	return lp;
fail:
	free(lp->history);
	free(lp->learnt);
	free(lp);
	return NULL;
}

int points_restore(struct engine *e, const struct point *p)
{
	struct live_point *lp;

	if (p->id != e->points.n + 1)
		return ERR_CORRUPT;
	lp = append(e, p);
	if (!lp)
		return -ENOMEM;
	lp->durable = true;
	return 0;
}

static bool same_decl(const struct point_decl *a, const struct point_decl *b)
{
	return a->unit == b->unit && a->kind == b->kind && a->label == b->label &&
	       a->period_ms == b->period_ms && a->has_min == b->has_min &&
	       a->has_max == b->has_max && (!a->has_min || !(a->min < b->min || a->min > b->min)) &&
	       (!a->has_max || !(a->max < b->max || a->max > b->max)) &&
	       strcmp(a->description, b->description) == 0;
}

int points_check_unit(const struct configuration *c, const struct bound *b,
		      const struct point_decl *d, struct fault *f)
{
	struct site_role role;

	if (b && !b->binding && d->unit != UNIT_W)
		return fault_set(f, ERR_INVALID, "%s is the load on a shared limit, in W, not %s",
				 d->name, unit_name(d->unit));
	if (!b || !b->binding || site_role_parse(b->binding->role, &role) || role.unit == d->unit)
		return 0;
	return fault_set(f, ERR_INVALID, "%s is bound to %s of %s, which is in %s, not %s", d->name,
			 b->binding->role, c->sites[b->site].id, unit_name(role.unit),
			 unit_name(d->unit));
}

static int check_unit(const struct engine *e, const struct point_decl *d, struct fault *f)
{
	const struct bound *b = map_get_str(&e->points.bindings, d->name);

	return points_check_unit(e->configuration, b, d, f);
}

static int check_one(const struct engine *e, const char *source, const struct point_decl *d,
		     struct fault *f)
{
	const struct live_point *known = points_find(e, d->name);
	int r = point_decl_check(d, f);

	if (r)
		return r;
	r = check_unit(e, d, f);
	if (r || !known)
		return r;
	if (strcmp(known->point.source, source) != 0)
		return fault_set(f, ERR_EXISTS, "%s belongs to source %s", d->name,
				 known->point.source);
	if (!point_decl_is_compatible(&known->point.decl, d))
		return fault_set(f, ERR_EXISTS, "%s is known with another unit or kind", d->name);
	return 0;
}

static int check_all(const struct engine *e, const struct point_declaration *d, struct fault *f)
{
	size_t fresh = 0;

	for (size_t i = 0; i < d->n; i++) {
		int r = check_one(e, d->source, &d->decls[i], f);

		if (r) {
			fault_prefix(f, "points[%zu]", i);
			return r;
		}
		fresh += !points_find(e, d->decls[i].name);
	}
	if (e->points.n + fresh > (uint64_t)e->configuration->settings.limits.points)
		return fault_set(f, ERR_FULL, "points[%zu]: more than limits.points = %" PRId64,
				 d->n - 1, e->configuration->settings.limits.points);
	return 0;
}

/* The number of one checked declaration, new or known. 0 = out of memory. */
static uint32_t declare(struct engine *e, const char *source, const struct point_decl *d)
{
	struct live_point *lp = points_find(e, d->name);
	struct point fresh = {.id = e->points.n + 1, .decl = *d};

	if (!lp) {
		snprintf(fresh.source, sizeof(fresh.source), "%s", source);
		lp = append(e, &fresh);
		if (!lp)
			return 0;
	} else if (!same_decl(&lp->point.decl, d)) {
		lp->point.decl = *d;
		lp->durable = false;
		if (lp->history)
			lp->history->decl = *d;
	}
	if (!lp->durable)
		records_put(e, &(struct ledger_op){.kind = LEDGER_POINT, .point = &lp->point});
	lp->durable = true;
	return lp->point.id;
}

int engine_declare_points(struct engine *e, const struct point_declaration *d, uint32_t *ret_ids,
			  struct waiter *w, struct fault *f)
{
	int r = records_check(e, f);

	if (r == 0)
		r = check_all(e, d, f);
	if (r)
		return r;
	for (size_t i = 0; i < d->n; i++) {
		ret_ids[i] = declare(e, d->source, &d->decls[i]);
		if (ret_ids[i] == 0)
			return fault_set(f, -ENOMEM, "points[%zu]: out of memory", i);
	}
	records_wait(e, w, records_mark(e));
	return 0;
}

const struct point *engine_point(const struct engine *e, uint32_t id)
{
	const struct live_point *lp = points_get(e, id);

	return lp ? &lp->point : NULL;
}

const struct point *engine_find_point(const struct engine *e, const char *name)
{
	const struct live_point *lp = points_find(e, name);

	return lp ? &lp->point : NULL;
}

uint32_t engine_point_count(const struct engine *e)
{
	return e->points.n;
}

void engine_point_binding(const struct engine *e, uint32_t id, const char **ret_site,
			  const char **ret_role)
{
	const struct live_point *lp = points_get(e, id);
	bool is_bound = lp && lp->binding;

	*ret_site = is_bound ? e->sites[lp->site].site->id : "";
	*ret_role = is_bound ? lp->binding->role : "";
}

uint32_t engine_point_rank(const struct engine *e, uint32_t id)
{
	const struct live_point *lp = points_get(e, id);

	return lp && lp->binding ? lp->binding->rank : 0;
}
