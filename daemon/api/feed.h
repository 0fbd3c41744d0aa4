/* What a session pushes: its layouts, and the sources it speaks for with what is not acknowledged yet. Loop thread. */
#pragma once

#include "api/map_in.h"
#include "api/session.h"

/* A source's batch on its way to disk. */
struct unacked {
	uint64_t epoch, seq;
	uint64_t id; /* of its envelope */
	uint32_t bytes;
	int64_t came_ms; /* monotonic */
};

struct source; /* one per name and session that speaks for it */

/* NULL: no such layout here. */
const struct layout *feed_layout(const struct session *s, uint32_t number);
/* Replaces. ERR_FULL, -ENOMEM. */
int feed_set_layout(struct session *s, uint32_t number, const uint32_t *point, size_t n);

/* The session's source of that name, made and listened for at first. A session elsewhere that spoke for it is told
 * Goodbye: there is one voice per source. ERR_FULL (too many in this session, or the engine's answer), -ENOMEM. */
int feed_source(struct session *s, const char *name, struct source **ret, struct refusal *r);

/* A source that the session speaks for and may not any more, as the configuration has it now. NULL: none. */
const char *feed_forbidden_source(const struct session *s);

/* A batch was taken (or known already): remembered until its ack; blocks the session when it sends far beyond its
 * credit. -ENOMEM. */
int source_sent(struct source *src, const struct unacked *u);
/* Room for one more is there, so that source_sent() cannot fail. -ENOMEM. */
int source_reserve(struct source *src);

/* The engine's disk is behind: the session is not read until the next ack, or a moment later. */
void feed_stop(struct session *s);
