#include "engine/subscribe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wake.h"

void subscribe_init(struct engine *e)
{
	list_init(&e->subscribers);
}

void subscribe_fini(struct engine *e)
{
	list_foreach(it, &e->subscribers) free(list_entry(it, struct subscriber, node));
	list_init(&e->subscribers);
}

bool subscribe_pattern_fits(const char *pattern, const char *asset)
{
	size_t n = strlen(pattern);

	if (n == 0)
		return true;
	if (pattern[n - 1] == '*')
		return strncmp(pattern, asset, n - 1) == 0;
	return strcmp(pattern, asset) == 0;
}

bool subscribe_matches(const struct subscriber *sub, const char *asset)
{
	for (size_t i = 0; i < sub->n_patterns; i++) {
		if (subscribe_pattern_fits(sub->patterns[i], asset))
			return true;
	}
	return sub->n_patterns == 0;
}

bool subscribe_covers(const struct engine *e, const char *asset, bool with_silent)
{
	list_foreach(it, &e->subscribers)
	{
		const struct subscriber *sub = list_entry(it, struct subscriber, node);

		if ((with_silent || !sub->silent) && subscribe_matches(sub, asset))
			return true;
	}
	return false;
}

void subscribe_heard(struct engine *e, const char *asset)
{
	list_foreach(it, &e->subscribers)
	{
		struct subscriber *sub = list_entry(it, struct subscriber, node);

		if (subscribe_matches(sub, asset))
			sub->silent = false;
	}
}

static struct subscriber *find(const struct engine *e, uint64_t id)
{
	list_foreach(it, &e->subscribers)
	{
		struct subscriber *sub = list_entry(it, struct subscriber, node);

		if (sub->id == id)
			return sub;
	}
	return NULL;
}

int engine_subscribe(struct engine *e, uint64_t subscriber, const char *const *patterns, size_t n,
		     uint64_t after_id, struct fault *f)
{
	struct subscriber *sub = find(e, subscriber);

	if (n > SUBSCRIBER_MAX_PATTERNS)
		return fault_set(f, ERR_FULL, "at most %d patterns", SUBSCRIBER_MAX_PATTERNS);
	for (size_t i = 0; i < n; i++) {
		if (strlen(patterns[i]) >= sizeof(sub->patterns[0]))
			return fault_set(f, ERR_INVALID, "asset[%zu]: too long", i);
	}
	if (!sub) {
		sub = calloc(1, sizeof(*sub));
		if (!sub)
			return fault_set(f, -ENOMEM, "out of memory");
		sub->id = subscriber;
		list_insert(&e->subscribers, &sub->node);
	}
	sub->after_id = after_id;
	sub->sent = 0;
	sub->blocked = false;
	sub->silent = false;
	sub->n_patterns = n;
	for (size_t i = 0; i < n; i++)
		snprintf(sub->patterns[i], sizeof(sub->patterns[i]), "%s", patterns[i]);
	/* what nobody had heard of is news from now on, and may be waited for */
	list_foreach(it, &e->decisions.in_force)
	{
		struct decision_live *dl = list_entry(it, struct decision_live, node);

		if (dl->d.state != DECISION_ISSUED || !subscribe_matches(sub, dl->d.asset))
			continue;
		dl->overdue = false;
		dl->first_sent_mono_ms = dl->sent_mono_ms = e->ops->mono_ms(e->world);
	}
	wake(e);
	return 0;
}

void engine_unsubscribe(struct engine *e, uint64_t subscriber)
{
	struct subscriber *sub = find(e, subscriber);

	if (!sub)
		return;
	list_remove(&sub->node);
	free(sub);
	wake(e);
}

void engine_subscriber_ready(struct engine *e, uint64_t subscriber)
{
	struct subscriber *sub = find(e, subscriber);

	if (!sub || !sub->blocked)
		return;
	sub->blocked = false;
	wake(e);
}
