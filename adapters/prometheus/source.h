/* One source, asked every period on the event loop: all its points in one go, each with a value or the reason why there
 * is none. Says once when it is lost, when it is back, and when a point of it has no value any more. Loop thread. */
#pragma once

#include "loop/group.h"
#include "prometheus/reading.h"

struct source;

struct source_options {
	const struct mapping *mapping; /* borrowed */
	size_t at;		       /* which of its sources */
	/* A poll is over: point[i] (of mapping->points) has reading[i]. Valid during the call. */
	void (*polled)(void *arg, const struct source *s, const size_t *point,
		       const struct reading *reading, size_t n);
	void *arg;
};

/* -ENOMEM, or as http_new(). */
int source_new(struct loop *loop, const struct source_options *options, struct source **ret);

/* Polls now and, if `repeat`, every period. A poll that is not over when the next is due takes its turn. */
void source_start(struct source *s, bool repeat);

/* Did the last poll reach it? */
bool source_is_up(const struct source *s);
/* Why not; code 0 if it did. */
const struct fault *source_get_fault(const struct source *s);
const struct mapping_source *source_spec(const struct source *s);

/* Ends what is under way, then calls closed and frees s; polled() is not called any more. */
void source_close(struct source *s, closed_cb closed, void *arg);
