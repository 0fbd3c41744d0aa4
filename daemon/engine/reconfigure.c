#include "engine/reconfigure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine/adopt.h"
#include "engine/audit.h"
#include "engine/configure_diff.h"
#include "engine/cycle.h"
#include "engine/decisions.h"
#include "engine/drevent.h"
#include "engine/group.h"
#include "engine/instruct.h"
#include "engine/jobs.h"
#include "engine/peak.h"
#include "engine/points_rebind.h"
#include "engine/records.h"
#include "engine/sites.h"
#include "engine/state.h"
#include "engine/wake.h"

/* ---- sites ---- */

static struct site_state *find(struct site_state *sites, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(sites[i].site->id, id) == 0)
			return &sites[i];
	}
	return NULL;
}

static void carry_assets(const struct site_state *from, struct site_state *to)
{
	for (int i = 0; i < to->n_assets; i++) {
		for (int k = 0; k < from->n_assets; k++) {
			const struct asset_state *was = &from->assets[k];
			struct asset_state *is = &to->assets[i];
			int index = is->index;

			if (was->kind != is->kind || strcmp(was->id, is->id) != 0)
				continue;
			*is = *was;
			is->index = index;
		}
	}
}

/* What a site was in the middle of goes on; from keeps nothing. */
static void carry_site(struct site_state *from, struct site_state *to)
{
	struct site_state fresh = *to;

	*to = *from;
	to->site = fresh.site;
	to->index = fresh.index;
	to->group = fresh.group;
	to->n_assets = fresh.n_assets;
	memcpy(to->assets, fresh.assets, sizeof(to->assets));
	carry_assets(from, to);
	from->held = NULL;
}

static void carry_sites(struct engine *e, struct site_state *next, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct site_state *from = find(e->sites, e->n_sites, next[i].site->id);

		if (from)
			carry_site(from, &next[i]);
	}
	for (size_t i = 0; i < e->n_sites; i++)
		adopt_fini(&e->sites[i]);
}

/* ---- what follows ---- */

void reconfigure_record(struct engine *e, const char *who, const uint8_t *old_hash)
{
	const char *text = e->configuration->canonical ? e->configuration->canonical : "";
	struct ledger_blob blob = {.key = (uint64_t)e->clock.now_ms,
				   .data = (const uint8_t *)text,
				   .len = strlen(text)};

	records_put(e, &(struct ledger_op){.kind = LEDGER_CONFIG, .blob = &blob});
	audit_configuration(e, who, old_hash);
	for (size_t i = 0; i < e->n_sites; i++) {
		if (!e->sites[i].held)
			continue;
		e->sites[i].want_plan = true;
		e->sites[i].must_adopt = true;
	}
}

static void set_out(struct engine *e)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		struct site_state *ss = &e->sites[i];

		peak_restore_samples(e, ss);
		ss->generation++;
		ss->want_plan = true;
	}
	/* the period may be another one: it begins with the plans that are wanted now */
	if (e->clock.now_ms > 0)
		e->cycle.next_ms = min_i64(e->cycle.next_ms, e->clock.now_ms);
}

/* ---- the change ---- */

static void answer(struct waiter *w, int rc, struct fault *f)
{
	if (w)
		w->fn(w, rc, f && f->code ? f : NULL);
}

/* All that may fail, before anything changes. */
struct prepared {
	struct site_state *sites;
	struct groups groups;
	struct points_rebinding points;
	struct job_queue *queues;
};

static int prepare(struct engine *e, const struct configuration *next, struct prepared *p,
		   struct fault *f)
{
	int r;

	*p = (struct prepared){.sites = sites_list(next)};
	r = points_rebind_prepare(e, next, &p->points, f);
	if (r == 0 && p->sites)
		p->queues = jobs_room(p->sites, next->n_sites);
	if (r == 0 && (!p->queues || groups_make(next, p->sites, &p->groups)))
		r = fault_set(f, -ENOMEM, "out of memory");
	if (r == 0)
		return 0;
	points_rebind_drop(&p->points);
	groups_free(&p->groups);
	free(p->queues);
	free(p->sites);
	return r;
}

/* Nothing can fail from here on. */
static void swap(struct engine *e, struct configuration *next, struct prepared *p)
{
	struct site_state *sites = p->sites;
	struct configuration *old = e->configuration;
	struct site_state *old_sites = e->sites;
	uint8_t old_hash[SHA256_LEN];

	memcpy(old_hash, old->hash, sizeof(old_hash));
	decisions_retire(e, sites, next->n_sites);
	carry_sites(e, sites, next->n_sites);
	e->sites = sites;
	e->n_sites = next->n_sites;
	e->configuration = next;
	groups_free(&e->groups);
	e->groups = p->groups;
	e->cycle.group = NULL;
	decisions_rebind(e);
	jobs_attach(e, p->queues);
	points_rebind(e, &p->points);
	drevent_rebind(e);
	instruct_rebind(e);
	reconfigure_record(e, e->reconfigure.who, old_hash);
	set_out(e);
	free(old_sites);
	configuration_free(old);
	e->reconfigure.reloads++;
	e->reconfigure.since_ms = e->clock.now_ms;
	if (e->ops->configured)
		e->ops->configured(e->world);
	log_notice(ENGINE_LOG, "configuration %02x%02x%02x%02x is in force: %zu sites, by %s",
		   next->hash[0], next->hash[1], next->hash[2], next->hash[3], next->n_sites,
		   e->reconfigure.who);
}

static int apply(struct engine *e, struct configuration *next, struct fault *f)
{
	struct prepared p;
	int r = configuration_keep(next, e->configuration);

	if (r)
		return fault_set(f, r, "%s", err_text(r));
	if (memcmp(next->hash, e->configuration->hash, sizeof(next->hash)) == 0) {
		configuration_free(next);
		return 0;
	}
	r = prepare(e, next, &p, f);
	if (r == 0)
		swap(e, next, &p);
	return r;
}

bool reconfigure_step(struct engine *e)
{
	struct reconfigure *rc = &e->reconfigure;
	struct configuration *next = rc->next;
	struct waiter *w = rc->waiter;
	struct fault f = {0};
	int r;

	if (!next || e->stopping || (e->cycle.state != CYCLE_IDLE))
		return false;
	rc->next = NULL;
	rc->waiter = NULL;
	r = apply(e, next, &f);
	if (r == 0) {
		if (w)
			records_wait(e, w, records_mark(e));
		return true;
	}
	log_error(ENGINE_LOG, "the new configuration is not applied, keeping the one in force: %s",
		  f.text);
	configuration_free(next);
	answer(w, r, &f);
	return true;
}

void reconfigure_fini(struct engine *e)
{
	struct reconfigure *rc = &e->reconfigure;

	configuration_free(rc->next);
	rc->next = NULL;
	answer(rc->waiter, ERR_CLOSED, NULL);
	rc->waiter = NULL;
}

int engine_reconfigure(struct engine *e, struct configuration *next, const char *who,
		       struct waiter *w, struct fault *f)
{
	struct reconfigure *rc = &e->reconfigure;
	struct waiter *before = rc->waiter;
	int r = records_check(e, f);

	if (r)
		return r;
	if (e->stopping)
		return fault_set(f, ERR_CLOSED, "the daemon is stopping");
	configuration_free(rc->next);
	rc->next = next;
	rc->waiter = w;
	snprintf(rc->who, sizeof(rc->who), "%s", who);
	answer(before, ERR_CANCELED, NULL);
	wake(e);
	return 0;
}

int engine_reload(struct engine *e, const char *who, struct waiter *w, struct fault_list *faults,
		  struct fault *f)
{
	struct configuration *next;
	struct fault_list own;
	struct fault_list *l = faults ? faults : &own;
	char line[512];
	int r;

	if (!faults)
		fault_list_init(&own);
	r = configure_load(e->configuration->path, &next, l);
	if (r && l->n > 0)
		fault_set(f, r, "%s%s", conf_fault_format(&l->at[0], line, sizeof(line)),
			  l->n > 1 ? " (and more)" : "");
	else if (r)
		fault_set(f, r, "%s: %s", e->configuration->path, err_text(r));
	if (!faults)
		fault_list_fini(&own);
	if (r)
		return r;
	r = engine_reconfigure(e, next, who, w, f);
	if (r)
		configuration_free(next);
	return r;
}

struct reloads engine_reloads(const struct engine *e)
{
	return (struct reloads){.n = e->reconfigure.reloads, .since_ms = e->reconfigure.since_ms};
}
