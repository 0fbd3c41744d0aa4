#include "engine/replan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/group.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/wake.h"

struct asking {
	struct list node;
	char site[ID_MAX];
	struct waiter *w;
	uint64_t after_run; /* only a run that began later is an answer */
};

static void answer(struct engine *e, struct asking *a)
{
	list_remove(&a->node);
	records_wait(e, a->w, records_mark(e));
	free(a);
}

/* One that is configured no more will not be planned: that is an answer, too. */
static bool is_answered(const struct engine *e, const struct asking *a, const struct group_state *g)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strcmp(e->sites[i].site->id, a->site) == 0)
			return e->sites[i].group == g && g->last_run > a->after_run;
	}
	return true;
}

void replan_answer(struct engine *e, const struct group_state *g)
{
	list_foreach(it, &e->replans)
	{
		struct asking *a = list_entry(it, struct asking, node);

		if (is_answered(e, a, g))
			answer(e, a);
	}
}

void replan_fini(struct engine *e)
{
	list_foreach(it, &e->replans)
	{
		struct asking *a = list_entry(it, struct asking, node);

		list_remove(&a->node);
		if (a->w)
			a->w->fn(a->w, ERR_CLOSED, NULL);
		free(a);
	}
}

static int ask(struct engine *e, const struct site_state *ss, struct waiter *w)
{
	struct asking *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	*a = (struct asking){.w = w, .after_run = e->cycle.runs};
	snprintf(a->site, sizeof(a->site), "%s", ss->site->id);
	list_init(&a->node);
	list_insert(&e->replans, &a->node);
	group_want_plan(ss->group, false);
	wake(e);
	return 0;
}

int engine_replan(struct engine *e, const char *site, struct waiter *w, struct fault *f)
{
	int r = records_check(e, f);

	if (r)
		return r;
	if (e->clock.now_ms == 0)
		return fault_set(f, ERR_STATE, "the clock does not run yet");
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strcmp(e->sites[i].site->id, site) == 0)
			return ask(e, &e->sites[i], w);
	}
	return fault_set(f, ERR_NOTFOUND, "there is no site %s", site);
}
