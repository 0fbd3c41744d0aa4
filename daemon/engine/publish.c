#include "engine/publish.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "engine/records.h"
#include "engine/state.h"
#include "engine/subscribe.h"

/* After so many resends without a word the adapter counts as silent. */
#define PATIENCE_RESENDS 3

static int64_t resend_ms(const struct engine *e)
{
	return max_i64(e->configuration->settings.decision.resend_ms, 1);
}

static int64_t patience_ms(const struct engine *e)
{
	return PATIENCE_RESENDS * resend_ms(e);
}

static void to_tail(struct engine *e, struct decision_live *dl, int64_t mono)
{
	dl->published = ++e->decisions.sendings;
	dl->sent_mono_ms = mono;
	list_remove(&dl->node);
	list_insert(&e->decisions.in_force, &dl->node);
}

static bool release_durable(struct engine *e, int64_t mono)
{
	uint64_t last = e->decisions.sendings;
	bool any = false;

	/* moved to the tail while walking: those end the walk */
	list_foreach(it, &e->decisions.in_force)
	{
		struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->published > last)
			break;
		if (!dl->publish_due || !records_durable(e, dl->mark))
			continue;
		if (dl->published == 0)
			dl->first_sent_mono_ms = mono;
		dl->publish_due = false;
		to_tail(e, dl, mono);
		any = true;
	}
	return any;
}

static bool is_open(const struct decision_live *dl)
{
	return dl->published > 0 && !dl->publish_due && dl->d.state == DECISION_ISSUED;
}

static void run_out_of_patience(struct engine *e, struct decision_live *dl)
{
	dl->overdue = true;
	list_foreach(it, &e->subscribers)
	{
		struct subscriber *sub = list_entry(it, struct subscriber, node);

		if (sub->silent || !subscribe_matches(sub, dl->d.asset))
			continue;
		sub->silent = true;
		log_warning(ENGINE_LOG,
			    "no answer to decision %" PRIu64
			    " for %s, the clock goes on and its fallback will hold",
			    dl->d.id, dl->d.asset);
	}
}

static bool resend_overdue(struct engine *e, int64_t mono)
{
	uint64_t last = e->decisions.sendings;
	bool any = false;

	list_foreach(it, &e->decisions.in_force)
	{
		struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->published > last)
			break;
		if (!is_open(dl) || !subscribe_covers(e, dl->d.asset, true))
			continue;
		if (!dl->overdue && mono - dl->first_sent_mono_ms >= patience_ms(e))
			run_out_of_patience(e, dl);
		if (mono - dl->sent_mono_ms < resend_ms(e))
			continue;
		to_tail(e, dl, mono);
		e->decisions.resent++;
		any = true;
	}
	return any;
}

/* Everything the subscriber has not been offered, in the order of publication, until its queue is full. */
static bool serve(struct engine *e, struct subscriber *sub, int64_t mono)
{
	bool any = false;

	list_foreach(it, &e->decisions.in_force)
	{
		const struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->published <= sub->sent || dl->publish_due)
			continue;
		if (subscribe_matches(sub, dl->d.asset) &&
		    (dl->d.id > sub->after_id || dl->renewed)) {
			if (e->ops->send(e->world, sub->id, &dl->d) == -EAGAIN) {
				sub->blocked = true;
				sub->blocked_mono_ms = mono;
				break;
			}
			any = true;
		}
		sub->sent = dl->published;
	}
	return any;
}

bool publish_step(struct engine *e)
{
	int64_t mono = e->ops->mono_ms(e->world);
	bool any = release_durable(e, mono);

	if (!e->stopping)
		any |= resend_overdue(e, mono);
	list_foreach(it, &e->subscribers)
	{
		struct subscriber *sub = list_entry(it, struct subscriber, node);

		if (!sub->blocked)
			any |= serve(e, sub, mono);
	}
	return any;
}

bool publish_is_waiting(const struct engine *e)
{
	int64_t mono = e->ops->mono_ms(e->world);

	list_foreach(it, &e->decisions.in_force)
	{
		const struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->publish_due)
			return true;
		if (dl->overdue || !subscribe_covers(e, dl->d.asset, false))
			continue;
		if (dl->d.state == DECISION_ISSUED)
			return true;
		/* it is at work: that may need time to pass, so only a moment */
		if (dl->d.state == DECISION_ACCEPTED &&
		    mono - dl->first_sent_mono_ms < resend_ms(e))
			return true;
	}
	return false;
}

int64_t publish_due_mono_ms(const struct engine *e)
{
	int64_t next = INT64_MAX, mono = e->ops->mono_ms(e->world);

	list_foreach(it, &e->decisions.in_force)
	{
		const struct decision_live *dl = list_entry(it, struct decision_live, node);
		int64_t moment = dl->first_sent_mono_ms + resend_ms(e);

		if (is_open(dl) && subscribe_covers(e, dl->d.asset, true)) {
			next = min_i64(next, dl->sent_mono_ms + resend_ms(e));
			if (!dl->overdue)
				next = min_i64(next, dl->first_sent_mono_ms + patience_ms(e));
		}
		if (dl->d.state == DECISION_ACCEPTED && moment > mono)
			next = min_i64(next, moment);
	}
	return next;
}
