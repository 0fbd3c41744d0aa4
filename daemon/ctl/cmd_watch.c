#include "ctl/cmd.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/map.h"
#include "ctl/ask.h"
#include "ctl/describe.h"
#include "ctl/message.h"

/* A subscription is for those who obey and acknowledge, and the daemon waits for them; whoever only looks asks. */
#define TURN_MS 400
/* Of the newest decisions; more than a turn brings. */
#define LOOK_BACK 500

struct watcher {
	struct ctl *c;
	struct map states; /* decision id → state seen last, plus one */
	uint64_t last;	   /* the greatest id seen */
	int64_t count;	   /* decisions still to be shown; < 0 = no end */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void catch_interrupt(void)
{
	struct sigaction sa = {.sa_handler = on_interrupt};

	(void)sigemptyset(&sa.sa_mask);
	interrupted = 0;
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
}

static bool is_interrupted(void *arg)
{
	(void)arg;
	return interrupted != 0;
}

/* ---- Output -------------------------------------------------------------------------------------- */

static void print_line(const struct ctl *c, const Suandian__V1__Decision *d)
{
	const Suandian__V1__AssetInfo *asset = ctl_asset(c, d->asset);
	struct text action = describe_action(
		d->action, asset ? asset->kind : SUANDIAN__V1__ASSET_KIND__ASSET_UNSPECIFIED);

	out_part(&c->out, STYLE_DIM, "%s  %6" PRIu64 "  ", format_seconds(c->zone, d->issued_ms).s,
		 d->id);
	out_part(&c->out, STYLE_BOLD, "%-16s  ", d->asset);
	out_part(&c->out, STYLE_PLAIN, "%-24s  ", action.s);
	out_part(&c->out, describe_state_style(d->state), "%-10s  ",
		 format_enum(&suandian__v1__decision_state__descriptor, (int)d->state).s);
	out_part(&c->out, STYLE_DIM, "%s%s  ", d->valid_until_ms ? "until " : "",
		 describe_term(c->zone, d).s);
	out_line(&c->out, STYLE_PLAIN, "%s%s%s", describe_reason(d->reason).s,
		 *d->ack_reason ? "; said: " : "", d->ack_reason);
}

static int show(const struct ctl *c, const Suandian__V1__Decision *d)
{
	if (c->json)
		return ctl_print_json_line(c, message_json(&d->base));
	print_line(c, d);
	(void)fflush(c->out.file);
	return CTL_OK;
}

/* ---- What is news -------------------------------------------------------------------------------- */

static bool is_watched(const struct ctl *c, const char *asset)
{
	for (size_t i = 0; i < c->args.n_operands; i++) {
		const char *pattern = c->args.operand[i];
		size_t n = strlen(pattern);
		bool star = n > 0 && pattern[n - 1] == '*';

		if (star ? strncmp(pattern, asset, n - 1) == 0 : strcmp(pattern, asset) == 0)
			return true;
	}
	return c->args.n_operands == 0;
}

/* Remembers the state; true if it is another than before. */
static bool has_moved(struct watcher *w, const Suandian__V1__Decision *d)
{
	void *now = (void *)((uintptr_t)(unsigned)d->state + 1), *before = NULL;

	if (map_put_u64(&w->states, d->id, now, &before) < 0)
		return false;
	return before != NULL && before != now;
}

static int take(struct watcher *w, const Suandian__V1__DecisionList *list, size_t at, bool first)
{
	const Suandian__V1__Decision *d = list->decisions[at];
	bool moved = has_moved(w, d);
	bool fresh = d->id > w->last;

	if (first && !args_has(&w->c->args, OPT_AFTER))
		fresh = describe_is_in_force(list, at, w->c->now_ms);
	if (d->id > w->last)
		w->last = d->id;
	if (!is_watched(w->c, d->asset) || !(fresh || moved) || w->count == 0)
		return CTL_OK;
	w->count -= fresh && w->count > 0;
	return show(w->c, d);
}

/* What is older than the list will not be seen again. */
static void forget_older(struct watcher *w, const Suandian__V1__DecisionList *list)
{
	uint64_t oldest = list->n_decisions ? list->decisions[list->n_decisions - 1]->id : 0;
	uint64_t id;
	size_t at = 0;

	while (map_next(&w->states, &at, &id, NULL))
		if (id < oldest)
			(void)map_take_u64(&w->states, id);
}

static int look(struct watcher *w, bool first)
{
	Suandian__V1__ListDecisions which = SUANDIAN__V1__LIST_DECISIONS__INIT;
	const Suandian__V1__DecisionList *list = NULL;
	struct arena kept = w->c->arena;
	int r;

	/* answers of a turn live no longer than it */
	arena_init(&w->c->arena, SIZE_MAX);
	which.limit = LOOK_BACK;
	r = ask_decisions(w->c, &which, &list);
	for (size_t i = list ? list->n_decisions : 0; i > 0 && r == CTL_OK; i--)
		r = take(w, list, i - 1, first);
	if (list)
		forget_older(w, list);
	arena_fini(&w->c->arena);
	w->c->arena = kept;
	return r;
}

static int watch(struct watcher *w)
{
	struct ctl *c = w->c;
	int r = look(w, true);

	while (r == CTL_OK && !interrupted && w->count != 0 && !ferror(c->out.file)) {
		int rc = client_sync_pump(c->sync, is_interrupted, NULL, TURN_MS);

		if (rc < 0 && rc != ERR_TIMEOUT)
			return ctl_fail(c, rc, "%s: %s", c->socket, err_text(rc));
		if (!interrupted)
			r = look(w, false);
	}
	return interrupted ? CTL_OK : r;
}

int cmd_watch(struct ctl *c)
{
	struct watcher w = {.c = c, .count = args_number(&c->args, OPT_COUNT, -1)};
	int r = ctl_connect(c, args_operand(&c->args, 0, NULL));

	if (r)
		return r;
	w.last = (uint64_t)args_number(&c->args, OPT_AFTER, 0);
	map_init_u64(&w.states);
	catch_interrupt();
	r = watch(&w);
	map_fini(&w.states);
	return r;
}
