/* What would be if: the region as it is, and once more with one change, side by side. */
#include <stdlib.h>
#include <string.h>

#include "engine/group.h"
#include "engine/snapshot.h"
#include "engine/solvejob.h"
#include "engine/state.h"
#include "engine/study.h"
#include "engine/study_unreal.h"
#include "plan/whatif.h"

/* Beyond the span, so that what comes back after it is seen. */
#define AFTER_MS (6 * MS_PER_H)

struct asking {
	struct study study;
	struct whatif_question q;
	struct whatif_answer *ret;
	struct plan_input *changed; /* of the second run */
	int site;		    /* in the region */
	int64_t now_ms;
};

static int prepare(struct engine *e, struct study *s, int run, struct fault *f)
{
	struct asking *a = container_of(s, struct asking, study);

	if (run == 0)
		return 0;
	return study_unreal_apply(e, &a->q, s->jobs[0]->plans[a->site], &s->jobs[1]->arena,
				  a->changed, f);
}

/* ---- the answer ---- */

static void fill_slots(const struct asking *a, const struct plan *now, const struct plan *then)
{
	bool dn = a->q.kind == WHATIF_EVENT && a->q.direction == DIRECTION_DN;
	struct whatif_answer *ret = a->ret;

	for (uint32_t i = 0; i < now->n && i < WHATIF_MAX_SLOTS; i++) {
		int64_t more = (then->pcc_w[i] - now->pcc_w[i]) * (dn ? -1 : 1);

		ret->slots[ret->n_slots++] = (struct whatif_slot){
			.start_ms = now->start_ms[i],
			.now_w = now->pcc_w[i],
			.then_w = then->pcc_w[i],
		};
		if (now->start_ms[i] < a->q.to_ms || more <= 0)
			continue;
		ret->rebound_w = max_i64(ret->rebound_w, more);
		ret->rebound_wh += energy_of_power(more, now->duration_ms[i]);
	}
}

static struct whatif_sum sum_of(const struct whatif_figures *f)
{
	return (struct whatif_sum){.money_e4 = f->money_e4,
				   .co2_g = f->co2_g,
				   .late_ds = f->late_ds,
				   .peak_w = f->peak_w,
				   .unserved_wh = f->unserved_wh,
				   .moved_ds = f->moved_ds,
				   .deliverable_w = f->deliverable_w};
}

static void put_sums(struct whatif_site *to, const struct whatif *figures)
{
	to->now = sum_of(&figures->now);
	to->then = sum_of(&figures->then);
}

/* The site asked about first, then the others in their order. */
static void fill_sites(const struct asking *a, const struct plan_region *region,
		       const struct whatif *figures)
{
	struct whatif_answer *ret = a->ret;

	for (int i = -1; i < region->n_sites && ret->n_sites < WHATIF_MAX_SITES; i++) {
		int at = i < 0 ? a->site : i;
		struct whatif_site *to = &ret->sites[ret->n_sites];

		if (i == a->site)
			continue;
		memcpy(to->site, region->sites[at]->site, sizeof(to->site));
		put_sums(to, &figures[at]);
		ret->n_sites++;
	}
}

static int finish(struct engine *e, struct study *s, struct fault *f)
{
	struct asking *a = container_of(s, struct asking, study);
	const struct plan *const *now = (const struct plan *const *)s->jobs[0]->plans;
	const struct plan *const *then = (const struct plan *const *)s->jobs[1]->plans;
	const struct plan_region *region = s->jobs[0]->region;
	struct whatif_window window = {
		.direction = a->q.kind == WHATIF_EVENT ? a->q.direction : DIRECTION_NONE,
		.from_ms = a->q.from_ms,
		.to_ms = a->q.to_ms,
	};
	struct whatif *figures =
		ARENA_ARRAY(&s->jobs[0]->arena, (size_t)region->n_sites, struct whatif);
	struct whatif all;
	int r;

	(void)e;
	if (!figures)
		return fault_set(f, -ENOMEM, "out of memory");
	memset(a->ret, 0, sizeof(*a->ret));
	a->ret->now_ms = a->now_ms;
	r = whatif_compare(now, then, region->n_sites, &window, figures, &all);
	if (r)
		return fault_set(f, r, "the two results cannot be compared");
	put_sums(&a->ret->all, &all);
	fill_sites(a, region, figures);
	fill_slots(a, now[a->site], then[a->site]);
	return 0;
}

static void free_asking(struct study *s)
{
	free(container_of(s, struct asking, study));
}

static const struct study_ops ops = {prepare, finish, free_asking};

/* ---- the question ---- */

/* The same input for both runs, of this moment. */
static int build(struct engine *e, struct asking *a, const struct site_state *ss, struct fault *f)
{
	struct snapshot_wish wish = {.until_ms = a->q.to_ms + AFTER_MS,
				     .fine_until_ms = a->q.to_ms};
	int r = 0;

	a->site = group_index(ss->group, ss);
	a->now_ms = e->clock.now_ms;
	for (int i = 0; r == 0 && i < a->study.n_runs; i++) {
		struct solve_job *job = solvejob_new(e, ss->group);
		struct plan_region *region = NULL;

		a->study.jobs[i] = job;
		r = job ? snapshot_build(e, ss->group, &wish, &job->arena, &region, f) : -ENOMEM;
		if (r == 0)
			r = solvejob_take(job, region);
		if (r == 0)
			a->changed = region->sites[a->site];
	}
	return r ? r : study_unreal_find(&a->q, a->changed, f);
}

static const struct site_state *find(const struct engine *e, const char *site)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strcmp(e->sites[i].site->id, site) == 0)
			return &e->sites[i];
	}
	return NULL;
}

static int check(const struct engine *e, const struct site_state *ss,
		 const struct whatif_question *q, struct fault *f)
{
	if (!ss)
		return fault_set(f, ERR_NOTFOUND, "there is no site %s", q->site);
	if (e->clock.now_ms == 0)
		return fault_set(f, ERR_STATE, "the clock does not run yet");
	return study_unreal_check(e, q, f);
}

int engine_whatif(struct engine *e, const struct whatif_question *q, struct whatif_answer *ret,
		  struct waiter *w, struct fault *f)
{
	const struct site_state *ss = find(e, q->site);
	int r = check(e, ss, q, f);
	struct asking *a;

	if (r == 0)
		r = study_check_room(e, f); /* before the work of building it */
	if (r)
		return r;
	a = calloc(1, sizeof(*a));
	if (!a)
		return fault_set(f, -ENOMEM, "out of memory");
	*a = (struct asking){
		.study = {.ops = &ops, .w = w, .n_runs = STUDY_RUNS_MAX}, .q = *q, .ret = ret};
	r = build(e, a, ss, f);
	if (r == 0)
		r = study_submit(e, &a->study, f);
	if (r == 0)
		return 0;
	for (int i = 0; i < a->study.n_runs; i++)
		solvejob_free(a->study.jobs[i]);
	free_asking(&a->study);
	return r;
}
