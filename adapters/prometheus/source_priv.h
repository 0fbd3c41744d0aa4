/* Inside of source: one poll, by queries (source_promql.c) or by a page of metrics (source_scrape.c). */
#pragma once

#include "base/map.h"
#include "common/http.h"
#include "loop/timer.h"
#include "prometheus/source.h"

#define SOURCE_LOG "prometheus"
#define SOURCE_HEADER_B 4200

/* One point's question to a server. */
struct source_ask {
	struct source *source;
	size_t i; /* of source->point */
	double raw;
	int64_t t_ms;
};

enum source_state { SOURCE_UNKNOWN, SOURCE_UP, SOURCE_DOWN };

struct source {
	struct loop *loop;
	struct source_options options;
	const struct mapping_source *spec;
	struct endpoint endpoint;
	struct http *http;
	struct timer tick;
	/* [n] */
	size_t n;
	size_t *point; /* of mapping->points */
	struct reading *reading;
	struct reading_memory *memory;
	struct reading_matches *matches;
	struct source_ask *ask;
	enum reading_why *told;
	bool *warned; /* a counter that is read as if it were none */
	/* scrape: metric name → i + 1 of the first that reads it; next_same[i] is i + 1 of the next */
	struct map by_metric;
	size_t *next_same;

	/* of this poll */
	bool busy;
	size_t next, in_flight, n_answers;
	struct fault fault; /* the first that kept the source from answering */
	char authorization[SOURCE_HEADER_B];

	enum source_state state;
	int64_t since_ms;    /* monotonic; of that state */
	int64_t resolved_ms; /* monotonic; the last try */
	bool is_skewed;
	bool closing;
	closed_cb closed;
	void *closed_arg;
};

static inline const struct mapping_point *source_point(const struct source *s, size_t i)
{
	return &s->options.mapping->points[s->point[i]];
}

/* http_get() with the source's bounds and headers; `accept` is a header line. What its errors mean here. */
int source_get(struct source *s, const char *path, const char *accept,
	       void (*done)(void *arg, const struct http_answer *a), void *arg);
const char *source_why_not(const struct source *s, int code);

/* The source did not answer: kept as the reason, if it is the first one of this poll. */
void source_note_failure(struct source *s, int code, const char *text);
void source_note_status(struct source *s, long status);
/* Its clock says t_ms. */
void source_note_time(struct source *s, int64_t t_ms);

/* All readings are there. */
void source_finish(struct source *s);

/* Begin a poll, which source_finish() ends. */
void source_promql_start(struct source *s);
void source_scrape_start(struct source *s);
