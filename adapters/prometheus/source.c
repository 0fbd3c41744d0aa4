#include "prometheus/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "prometheus/source_priv.h"

#define RESOLVE_PAUSE_MS MS_PER_MIN

/* ---- What is told ------------------------------------------------------------------------------------ */

static void tell_lost(struct source *s)
{
	log_warning(SOURCE_LOG, "source %s: %s; its %zu points are missing until it answers",
		    s->spec->id, s->fault.text, s->n);
}

static void tell_back(const struct source *s, int64_t now_ms)
{
	if (s->state == SOURCE_UNKNOWN)
		log_info(SOURCE_LOG, "source %s answers, %zu points", s->spec->id, s->n);
	else
		log_notice(SOURCE_LOG, "source %s answers again after %" PRId64 " s", s->spec->id,
			   (now_ms - s->since_ms) / MS_PER_S);
}

static void move(struct source *s, enum source_state to)
{
	int64_t now_ms = clock_mono_ms();

	if (s->state == to)
		return;
	if (to == SOURCE_DOWN)
		tell_lost(s);
	else
		tell_back(s, now_ms);
	s->state = to;
	s->since_ms = now_ms;
}

/* Of a source that answers, points whose reason has changed. The first reading of a counter is as it should be. */
static void tell_points(struct source *s)
{
	for (size_t i = 0; i < s->n; i++) {
		enum reading_why why = s->reading[i].why;
		const char *name = source_point(s, i)->spec.name;

		if (why == s->told[i] || why == READING_FIRST)
			continue;
		if (why == READING_GOOD)
			log_notice(SOURCE_LOG, "%s has values again", name);
		else if (why != READING_REFUSED) /* told with the server's words */
			log_warning(SOURCE_LOG, "%s: %s; it is %s", name, reading_text(why),
				    pointspec_quality_name(s->reading[i].quality));
		s->told[i] = why;
	}
}

void source_note_failure(struct source *s, int code, const char *text)
{
	if (s->fault.code == 0)
		(void)fault_set(&s->fault, code, "%s", text);
}

void source_note_status(struct source *s, long status)
{
	if (s->fault.code == 0)
		(void)fault_set(&s->fault, ERR_NODATA, "%s answers with status %ld",
				s->endpoint.base, status);
}

void source_note_time(struct source *s, int64_t t_ms)
{
	int64_t behind_ms = clock_wall_ms() - t_ms;
	bool is_skewed = behind_ms > s->spec->period_ms || behind_ms < -s->spec->period_ms;

	if (is_skewed && !s->is_skewed)
		log_warning(SOURCE_LOG, "source %s: its clock is %" PRId64 " s %s ours",
			    s->spec->id, (behind_ms < 0 ? -behind_ms : behind_ms) / MS_PER_S,
			    behind_ms < 0 ? "ahead of" : "behind");
	s->is_skewed = is_skewed;
}

/* ---- A poll -------------------------------------------------------------------------------------------- */

void source_finish(struct source *s)
{
	s->busy = false;
	if (s->closing)
		return;
	if (s->n_answers > 0)
		s->fault.code = 0;
	if (s->n > 0) /* else it was asked nothing */
		move(s, s->n_answers > 0 ? SOURCE_UP : SOURCE_DOWN);
	if (s->state == SOURCE_UP)
		tell_points(s);
	s->options.polled(s->options.arg, s, s->point, s->reading, s->n);
}

/* A token may be renewed at any time. */
static void read_token(struct source *s)
{
	char token[4096];
	FILE *f;
	size_t n;

	s->authorization[0] = '\0';
	if (!*s->spec->token_file)
		return;
	f = fopen(s->spec->token_file, "re");
	if (!f) {
		source_note_failure(s, -errno, s->spec->token_file);
		return;
	}
	n = fread(token, 1, sizeof(token) - 1, f);
	(void)fclose(f);
	token[n] = '\0';
	token[strcspn(token, "\r\n")] = '\0';
	(void)snprintf(s->authorization, sizeof(s->authorization), "Authorization: Bearer %s",
		       token);
}

/* A name's address, when it is not known or may be another by now. Holds up the loop for as long as the resolver takes,
 * once a minute at most. */
static void resolve(struct source *s)
{
	int64_t now_ms = clock_mono_ms();
	struct fault f = {0};

	if (!s->endpoint.is_name || (*s->endpoint.addresses && s->state != SOURCE_DOWN) ||
	    (s->resolved_ms && now_ms - s->resolved_ms < RESOLVE_PAUSE_MS))
		return;
	s->resolved_ms = now_ms;
	if (endpoint_resolve(&s->endpoint, &f) < 0)
		source_note_failure(s, f.code, f.text);
}

static void begin_poll(void *arg)
{
	struct source *s = arg;
	int64_t now_ms = clock_wall_ms();

	if (s->busy) {
		log_debug(SOURCE_LOG, "source %s: the last poll is not over yet", s->spec->id);
		return;
	}
	s->busy = true;
	s->fault = (struct fault){0};
	s->next = s->in_flight = s->n_answers = 0;
	for (size_t i = 0; i < s->n; i++)
		s->reading[i] = reading_missing(READING_DOWN, now_ms);
	resolve(s);
	read_token(s);
	if (s->spec->kind == MAPPING_PROMQL)
		source_promql_start(s);
	else
		source_scrape_start(s);
}

int source_get(struct source *s, const char *path, const char *accept,
	       void (*done)(void *arg, const struct http_answer *a), void *arg)
{
	const char *const headers[] = {accept, s->authorization};
	struct http_ask ask = {
		.to = &s->endpoint,
		.path = path,
		.headers = headers,
		.n_headers = *s->authorization ? 2 : 1,
		.timeout_ms = s->spec->timeout_ms,
		.max_bytes = (size_t)s->spec->max_bytes,
		.done = done,
		.arg = arg,
	};

	return http_get(s->http, &ask, NULL);
}

const char *source_why_not(const struct source *s, int code)
{
	if (code == ERR_INVALID && s->endpoint.is_name && !*s->endpoint.addresses)
		return "the name of its host is not resolved";
	return err_text(code);
}

/* ---- Life ---------------------------------------------------------------------------------------------- */

static void free_source(struct source *s)
{
	free(s->point);
	free(s->reading);
	free(s->memory);
	free(s->matches);
	free(s->ask);
	free(s->told);
	free(s->warned);
	free(s->next_same);
	map_fini(&s->by_metric);
	free(s);
}

static bool allocate(struct source *s, size_t n)
{
	size_t room = n ? n : 1;

	s->point = calloc(room, sizeof(*s->point));
	s->reading = calloc(room, sizeof(*s->reading));
	s->memory = calloc(room, sizeof(*s->memory));
	s->matches = calloc(room, sizeof(*s->matches));
	s->ask = calloc(room, sizeof(*s->ask));
	s->told = calloc(room, sizeof(*s->told));
	s->warned = calloc(room, sizeof(*s->warned));
	s->next_same = calloc(room, sizeof(*s->next_same));
	return s->point && s->reading && s->memory && s->matches && s->ask && s->told &&
	       s->warned && s->next_same;
}

static size_t count_points(const struct mapping *m, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_points; i++)
		n += m->points[i].source_at == at;
	return n;
}

/* The points of this source, and by which metrics they are found. */
static int take_points(struct source *s)
{
	const struct mapping *m = s->options.mapping;
	int r = 0;

	for (size_t i = 0; i < m->n_points && r == 0; i++) {
		const char *metric = m->points[i].selector.name;

		if (m->points[i].source_at != s->options.at)
			continue;
		s->point[s->n] = i;
		s->ask[s->n] = (struct source_ask){.source = s, .i = s->n};
		s->next_same[s->n] = (size_t)(uintptr_t)map_get_str(&s->by_metric, metric);
		r = map_put_str(&s->by_metric, metric, (void *)(uintptr_t)(s->n + 1), NULL);
		s->n++;
	}
	return r;
}

int source_new(struct loop *loop, const struct source_options *o, struct source **ret)
{
	struct source *s = calloc(1, sizeof(*s));
	struct http_options http = {.agent = "suandian-prometheus"};
	int r = -ENOMEM;

	if (!s)
		return r;
	s->loop = loop;
	s->options = *o;
	s->spec = &o->mapping->sources[o->at];
	s->endpoint = s->spec->endpoint;
	http.ca_file = s->spec->ca_file;
	map_init_str(&s->by_metric);
	timer_init(&s->tick, loop, "prometheus source", begin_poll, s);
	if (allocate(s, count_points(o->mapping, o->at)))
		r = take_points(s);
	if (r == 0)
		r = http_new(loop, &http, &s->http);
	if (r < 0) {
		free_source(s);
		return r;
	}
	*ret = s;
	return 0;
}

void source_start(struct source *s, bool repeat)
{
	if (repeat)
		timer_start_every(&s->tick, clock_mono_ms(), s->spec->period_ms);
	else
		timer_start_in(&s->tick, 0);
}

bool source_is_up(const struct source *s)
{
	return s->state == SOURCE_UP;
}

const struct fault *source_get_fault(const struct source *s)
{
	return &s->fault;
}

const struct mapping_source *source_spec(const struct source *s)
{
	return s->spec;
}

static void http_closed(void *arg)
{
	struct source *s = arg;
	closed_cb closed = s->closed;
	void *closed_arg = s->closed_arg;

	free_source(s);
	if (closed)
		closed(closed_arg);
}

void source_close(struct source *s, closed_cb closed, void *arg)
{
	if (s->closing)
		return;
	s->closing = true;
	s->closed = closed;
	s->closed_arg = arg;
	timer_stop(&s->tick);
	http_close(s->http, http_closed, s);
}
