/* Sites that are planned together: their inputs, the limits they share, the links that carry work between them.
 * A region of one site without limits is that site's own plan, to the byte. All inputs have the same grid of steps and
 * the same now. Immutable once built, owned by one arena. Pure. */
#pragma once

#include "plan/input.h"
#include "plan/solve.h"

#define REGION_MAX_SITES 1024
#define REGION_MAX_LIMITS 2048
#define REGION_MAX_LINKS 4096
#define PLAN_REGION_VERSION 1
/* Room for inputs, solution and plans of the largest region that is solved in one piece. */
#define REGION_ARENA_CAP ((size_t)4 << 30)

/* Σ over its sites of net load + background within [−export_max, import_max]; beyond it costs. */
struct region_limit {
	char id[ID_MAX];
	char kind[ID_MAX];		    /* "section" …: for people */
	int64_t import_max_w, export_max_w; /* INT64_MAX = none */
	int64_t overload_price_e4;
	int n_sites;
	int *sites;	       /* [n_sites] index into the region */
	int64_t *background_w; /* [n] load of others, passive sign */
};

/* Work that may move from a queue at one site to a queue at another. What moves in a step runs at the other site
 * from the step on that begins `delay` later; work counts in device-seconds at both ends. */
struct region_link {
	char id[ID_MAX];
	int from, from_queue, to, to_queue;
	int64_t work_max_ds_per_h;
	int64_t delay_ms;
	int64_t price_e4_per_kds;  /* per 1000 device-seconds moved */
	int64_t energy_wh_per_kds; /* drawn at the sending site's PCC in the step */
};

struct plan_region {
	int n_sites;
	struct plan_input **sites; /* [n_sites], in canonical order (by id) */
	int n_limits, n_links;
	struct region_limit *limits;
	struct region_link *links;
};

/* Same laws as plan_make(), one plan per site in ret_plans[n_sites], in the order of in->sites. Every plan carries the
 * objective, gap and residual of the whole region, the cost of its own site, bindings on shared limits as
 * "section[sc-500kv]", and what moves (struct plan_move). Relaxed shared limits are named in the plans of their sites. */
int region_make(const struct plan_region *in, const struct solve_ctl *ctl, struct arena *a,
		struct plan **ret_plans, struct fault *f);

/* What `in` would cost if the plans p[n_sites] were executed instead. ERR_NODATA as plan_evaluate(). */
int region_evaluate(const struct plan_region *in, const struct plan *const *p,
		    int64_t *ret_objective_e4);

/* For the adoption gate: by how much the new plans cost less on `in` than the old ones, over the steps that all of them say
 * what to do in. What only some of them reach, or no plan publishes, is no reason for or against: what is left at the
 * end of the common steps counts at its terminal value. ERR_NODATA: there is no such step. */
int region_compare(const struct plan_region *in, const struct plan *const *old,
		   const struct plan *const *new, int64_t *ret_saves_e4);

/* Canonical bytes and back, for the ledger and Replay. Same laws as plan_input_encode(). A region of one site without
 * limits and links is that site's plan_input_encode() bytes. Sites, limits and links are written by id, whatever order they
 * stand in, and read so. encode: also ERR_INVALID, where region_make() would say so too. */
int plan_region_encode(const struct plan_region *in, struct buf *out);
int plan_region_decode(const uint8_t *p, size_t n, struct arena *a, struct plan_region **ret);
