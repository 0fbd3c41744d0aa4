/* A past plan, solved again from the input that was stored with it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plans.h"
#include "engine/solvejob.h"
#include "engine/state.h"
#include "engine/study.h"

#define STORED_CAP ((size_t)16 << 20)

struct replaying {
	struct study study;
	struct plan_replay *ret;
	struct arena arena; /* the plan as stored */
	const struct plan *stored;
	int site; /* in the region */
};

/* ---- comparing ---- */

static bool differ(struct plan_replay *r, const char *what, int64_t slot_ms, int64_t stored,
		   int64_t solved)
{
	if (stored == solved)
		return false;
	snprintf(r->what, sizeof(r->what), "%s", what);
	r->slot_ms = slot_ms;
	r->stored = stored;
	r->solved = solved;
	return true;
}

static bool series_differ(struct plan_replay *r, const char *what, const struct plan *a,
			  const int64_t *x, const int64_t *y)
{
	if (!x || !y)
		return differ(r, what, 0, x != NULL, y != NULL);
	for (uint32_t i = 0; i < a->n; i++) {
		if (differ(r, what, a->start_ms[i], x[i], y[i]))
			return true;
	}
	return false;
}

static bool slots_differ(struct plan_replay *r, const struct plan *a, const struct plan *b)
{
	return differ(r, "slots", 0, a->n, b->n) ||
	       series_differ(r, "start_ms", a, a->start_ms, b->start_ms) ||
	       series_differ(r, "pcc_w", a, a->pcc_w, b->pcc_w) ||
	       series_differ(r, "load_w", a, a->load_w, b->load_w) ||
	       series_differ(r, "unserved_w", a, a->unserved_w, b->unserved_w) ||
	       series_differ(r, "price_buy", a, a->price_buy_e4, b->price_buy_e4) ||
	       series_differ(r, "price_sell", a, a->price_sell_e4, b->price_sell_e4) ||
	       series_differ(r, "marginal_price", a, a->marginal_price_e4, b->marginal_price_e4);
}

static bool assets_differ(struct plan_replay *r, const struct plan *a, const struct plan *b)
{
	if (differ(r, "assets", 0, a->n_assets, b->n_assets))
		return true;
	for (uint32_t i = 0; i < a->n_assets; i++) {
		const struct plan_asset *x = &a->assets[i], *y = plan_find_asset(b, x->asset);

		if (!y || series_differ(r, x->asset, a, x->power_w, y->power_w) ||
		    series_differ(r, x->asset, a, x->level, y->level) ||
		    series_differ(r, x->asset, a, x->available_w, y->available_w)) {
			snprintf(r->what, sizeof(r->what), "%s", x->asset);
			return true;
		}
	}
	return false;
}

/* The first difference, from what people look at first; "solver": only in how it was found or noted. */
static void compare(struct plan_replay *r, const struct plan *a, const struct plan *b)
{
	if (slots_differ(r, a, b) || assets_differ(r, a, b) ||
	    differ(r, "cost", 0, a->cost_e4, b->cost_e4) ||
	    differ(r, "objective", 0, a->objective_e4, b->objective_e4) ||
	    differ(r, "co2", 0, a->co2_g, b->co2_g) ||
	    differ(r, "moves", 0, a->n_moves, b->n_moves) ||
	    differ(r, "relaxations", 0, a->n_relaxations, b->n_relaxations) ||
	    differ(r, "bindings", 0, a->n_bindings, b->n_bindings) ||
	    differ(r, "iterations", 0, (int64_t)a->iterations, (int64_t)b->iterations))
		return;
	snprintf(r->what, sizeof(r->what), strcmp(a->solver, b->solver) ? "solver" : "notes");
}

/* ---- the study ---- */

static int prepare(struct engine *e, struct study *s, int run, struct fault *f)
{
	(void)e;
	(void)s;
	(void)run;
	(void)f;
	return 0;
}

static int finish(struct engine *e, struct study *s, struct fault *f)
{
	struct replaying *r = container_of(s, struct replaying, study);
	struct plan *solved = s->jobs[0]->plans[r->site];

	(void)e;
	if (!solved)
		return fault_set(f, ERR_SOLVER, "the solver gave no plan");
	plan_hash_compute(solved, solved->plan_hash);
	r->ret->iterations = solved->iterations;
	memcpy(r->ret->stored_hash, r->stored->plan_hash, SHA256_LEN);
	memcpy(r->ret->solved_hash, solved->plan_hash, SHA256_LEN);
	r->ret->same = memcmp(r->ret->stored_hash, r->ret->solved_hash, SHA256_LEN) == 0;
	if (!r->ret->same)
		compare(r->ret, r->stored, solved);
	return 0;
}

static void free_replaying(struct study *s)
{
	struct replaying *r = container_of(s, struct replaying, study);

	arena_fini(&r->arena);
	free(r);
}

static const struct study_ops ops = {prepare, finish, free_replaying};

/* ---- what was stored ---- */

struct fetch {
	uint64_t key;
	const uint8_t *hash;
	struct arena *arena;
	struct plan_region *region;
	int rc;
};

static bool take_snapshot(void *arg, const struct ledger_op *op)
{
	struct fetch *f = arg;
	uint8_t hash[SHA256_LEN];

	if (op->blob->key != f->key)
		return false;
	sha256(op->blob->data, op->blob->len, hash);
	f->rc = memcmp(hash, f->hash, SHA256_LEN)
			? ERR_CORRUPT
			: plan_region_decode(op->blob->data, op->blob->len, f->arena, &f->region);
	return false;
}

static int fetch_region(struct engine *e, struct replaying *r, struct fault *f)
{
	const struct plan *p = r->stored;
	struct solve_job *job = solvejob_new_for(e, 1);
	struct fetch get = {.key = p->region_id ? p->region_id : p->id,
			    .hash = p->snapshot_hash,
			    .rc = ERR_NODATA};
	int rc;

	if (!job)
		return -ENOMEM;
	r->study.jobs[0] = job;
	get.arena = &job->arena;
	rc = e->ops->scan(e->world, LEDGER_SNAPSHOT, get.key, take_snapshot, &get);
	rc = rc ? rc : get.rc;
	if (rc)
		return fault_set(f, rc, "the input of plan %" PRIu64 ": %s", p->id,
				 rc == ERR_NODATA    ? "is not in the ledger any more"
				 : rc == ERR_CORRUPT ? "is not what the plan was made from"
						     : err_text(rc));
	return solvejob_take(job, get.region);
}

static int find_site(struct replaying *r, struct fault *f)
{
	const struct plan_region *region = r->study.jobs[0]->region;

	for (int i = 0; i < region->n_sites; i++) {
		if (strcmp(region->sites[i]->site, r->stored->site) == 0) {
			r->site = i;
			return 0;
		}
	}
	return fault_set(f, ERR_CORRUPT, "the stored input knows no site %s", r->stored->site);
}

static int prepare_replay(struct engine *e, uint64_t plan_id, struct replaying *r, struct fault *f)
{
	struct plan *p = NULL;
	int rc = plans_fetch(e, plan_id, &r->arena, &p);

	if (rc)
		return fault_set(f, rc,
				 rc == ERR_NOTFOUND ? "there is no plan %" PRIu64
						    : "plan %" PRIu64 " cannot be read",
				 plan_id);
	r->stored = p;
	if (p->status == PLAN_SHIFTED)
		return fault_set(f, ERR_STATE, "plan %" PRIu64 " was not solved: %.100s", plan_id,
				 p->solver);
	rc = fetch_region(e, r, f);
	if (rc == 0)
		rc = find_site(r, f);
	if (rc)
		return rc;
	*r->ret = (struct plan_replay){.plan_id = plan_id,
				       .region_id = p->region_id ? p->region_id : p->id};
	memcpy(r->ret->site, p->site, sizeof(r->ret->site));
	return 0;
}

int engine_replay(struct engine *e, uint64_t plan_id, struct plan_replay *ret, struct waiter *w,
		  struct fault *f)
{
	int rc = study_check_room(e, f); /* before the work of reading it */
	struct replaying *r;

	if (rc)
		return rc;
	r = calloc(1, sizeof(*r));
	if (!r)
		return fault_set(f, -ENOMEM, "out of memory");
	arena_init(&r->arena, STORED_CAP);
	r->ret = ret;
	r->study.ops = &ops;
	r->study.w = w;
	r->study.n_runs = 1;
	rc = prepare_replay(e, plan_id, r, f);
	if (rc == 0)
		rc = study_submit(e, &r->study, f);
	if (rc) {
		solvejob_free(r->study.jobs[0]);
		free_replaying(&r->study);
	}
	return rc;
}
