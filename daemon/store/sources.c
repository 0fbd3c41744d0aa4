#include "store/sources.h"

#include <stdio.h>
#include <stdlib.h>

void sources_init(struct sources *s)
{
	*s = (struct sources){0};
	map_init_str(&s->by_name);
}

void sources_fini(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->at[i]);
	free(s->at);
	map_fini(&s->by_name);
}

static bool reserve(struct sources *s)
{
	if (s->n == s->size) {
		size_t size = s->size ? 2 * s->size : 16;
		struct source **at = reallocarray(s->at, size, sizeof(struct source *));

		if (!at)
			return false;
		s->at = at;
		s->size = size;
	}
	return true;
}

struct source *sources_need(struct sources *s, const char *name)
{
	struct source *source = map_get_str(&s->by_name, name);

	if (source || !reserve(s))
		return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->number = (uint32_t)s->n;
	(void)snprintf(source->name, sizeof(source->name), "%s", name);
	if (map_put_str(&s->by_name, name, source, NULL) != 0) {
		free(source);
		return NULL;
	}
	s->at[s->n++] = source;
	return source;
}

static bool is_later(uint64_t epoch, uint64_t seq, uint64_t than_epoch, uint64_t than_seq)
{
	return epoch != than_epoch ? epoch > than_epoch : seq > than_seq;
}

void source_submit(struct source *s, uint64_t epoch, uint64_t seq)
{
	if (is_later(epoch, seq, s->epoch, s->seq)) {
		s->epoch = epoch;
		s->seq = seq;
	}
}

void source_settle(struct source *s, uint64_t epoch, uint64_t seq)
{
	if (is_later(epoch, seq, s->durable_epoch, s->durable_seq)) {
		s->durable_epoch = epoch;
		s->durable_seq = seq;
	}
}
