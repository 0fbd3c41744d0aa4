#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/require.h"
#include "model/network.h"

struct checker {
	const struct network *n;
	const struct site *sites;
	size_t n_sites;
	check_cb cb;
	void *arg;
	int faults;
};

PRINTF_LIKE(5, 6)
static void report(struct checker *c, const char *list, int i, const char *key, const char *fmt,
		   ...)
{
	char path[96], text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(path, sizeof(path), "%s[%d].%s", list, i, key);
	c->faults++;
	c->cb(c->arg, path, text);
}

static const struct site *find_site(const struct checker *c, const char *id)
{
	for (size_t i = 0; i < c->n_sites; i++) {
		if (strcmp(c->sites[i].id, id) == 0)
			return &c->sites[i];
	}
	return NULL;
}

/* ---- limits ---- */

static bool is_named_before(const struct shared_limit *l, int k)
{
	for (int i = 0; i < k; i++) {
		if (strcmp(l->sites[i], l->sites[k]) == 0)
			return true;
	}
	return false;
}

static void check_limit_sites(struct checker *c, int i)
{
	const struct shared_limit *l = &c->n->limits[i];
	char key[32];

	REQUIRE(l->n_sites >= 0 && l->n_sites <= LIMIT_MAX_SITES);
	if (l->n_sites == 0)
		report(c, "limits", i, "sites", "at least one site");
	for (int k = 0; k < l->n_sites; k++) {
		snprintf(key, sizeof(key), "sites[%d]", k);
		if (!find_site(c, l->sites[k]))
			report(c, "limits", i, key, "there is no site \"%s\"", l->sites[k]);
		else if (is_named_before(l, k))
			report(c, "limits", i, key, "\"%s\" is named already", l->sites[k]);
	}
}

static void check_background(struct checker *c, int i)
{
	const struct shared_limit *l = &c->n->limits[i];

	if (!l->background_point[0])
		return;
	if (!point_name_is_valid(l->background_point))
		report(c, "limits", i, "background",
		       "ids of [a-z0-9_.-] joined by '/', at most %d bytes", NAME_MAX_B - 1);
	for (size_t s = 0; s < c->n_sites; s++) {
		for (int b = 0; b < c->sites[s].n_bindings; b++) {
			if (strcmp(c->sites[s].bindings[b].point, l->background_point) != 0)
				continue;
			report(c, "limits", i, "background", "%s stands for %s of site %s already",
			       l->background_point, c->sites[s].bindings[b].role, c->sites[s].id);
			return;
		}
	}
}

static void check_limit(struct checker *c, int i)
{
	const struct shared_limit *l = &c->n->limits[i];

	if (!id_is_valid(l->id))
		report(c, "limits", i, "id", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	for (int k = 0; k < i; k++) {
		if (strcmp(l->id, c->n->limits[k].id) == 0)
			report(c, "limits", i, "id", "\"%s\" is the id of another limit too",
			       l->id);
	}
	if (l->import_max_w <= 0)
		report(c, "limits", i, "import_max", "above 0");
	if (l->export_max_w < 0)
		report(c, "limits", i, "export_max", "0 or more");
	if (l->margin_w < 0 || l->margin_w >= l->import_max_w)
		report(c, "limits", i, "margin", "0 or more, and below import_max");
	if (l->overload_price_e4 < 0)
		report(c, "limits", i, "overload_price", "0 or more");
	check_limit_sites(c, i);
	check_background(c, i);
}

/* ---- links ---- */

static bool share_pool(const struct site *a, const struct site *b)
{
	for (int i = 0; i < a->n_queues; i++) {
		for (int k = 0; k < b->n_queues; k++) {
			if (a->queues[i].pool[0] &&
			    strcmp(a->queues[i].pool, b->queues[k].pool) == 0)
				return true;
		}
	}
	return false;
}

static void check_ends(struct checker *c, int i)
{
	const struct link *l = &c->n->links[i];
	const struct site *from = find_site(c, l->from), *to = find_site(c, l->to);

	if (!from)
		report(c, "links", i, "from", "there is no site \"%s\"", l->from);
	if (!to)
		report(c, "links", i, "to", "there is no site \"%s\"", l->to);
	if (from && from == to)
		report(c, "links", i, "to", "is where the link begins");
	else if (from && to && !share_pool(from, to))
		report(c, "links", i, "to",
		       "no queue of %s is in a pool with one of %s: nothing could move", l->to,
		       l->from);
	for (int k = 0; k < i; k++) {
		const struct link *o = &c->n->links[k];

		if (strcmp(l->from, o->from) == 0 && strcmp(l->to, o->to) == 0)
			report(c, "links", i, "to", "link \"%s\" goes there already", o->id);
	}
}

static void check_link(struct checker *c, int i)
{
	const struct link *l = &c->n->links[i];

	if (!id_is_valid(l->id))
		report(c, "links", i, "id", "1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	for (int k = 0; k < i; k++) {
		if (strcmp(l->id, c->n->links[k].id) == 0)
			report(c, "links", i, "id", "\"%s\" is the id of another link too", l->id);
	}
	if (l->bits_per_s <= 0)
		report(c, "links", i, "rate", "above 0");
	if (l->delay_ms < 0)
		report(c, "links", i, "delay", "0 or more");
	if (l->price_e4_per_gb < 0)
		report(c, "links", i, "price", "0 or more");
	if (l->energy_wh_per_gb < 0)
		report(c, "links", i, "energy", "0 or more");
	check_ends(c, i);
}

int network_check(const struct network *n, const struct site *sites, size_t n_sites, check_cb cb,
		  void *arg)
{
	struct checker c = {n, sites, n_sites, cb, arg, 0};

	REQUIRE(n->n_limits >= 0 && n->n_limits <= NETWORK_MAX_LIMITS);
	REQUIRE(n->n_links >= 0 && n->n_links <= NETWORK_MAX_LINKS);
	for (int i = 0; i < n->n_limits; i++)
		check_limit(&c, i);
	for (int i = 0; i < n->n_links; i++)
		check_link(&c, i);
	return c.faults;
}
