/* A Prometheus server: an instant query per point, and where the age of what it saw matters a second one. */
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "prometheus/promapi.h"
#include "prometheus/source_priv.h"

#define ACCEPT "Accept: application/json"
#define IN_FLIGHT_MAX 32
#define QUERY "/api/v1/query?query="
#define TIME_MAX_S 7258118400.0 /* 2200 */

static void ask_more(struct source *s);

/* ---- Answers ------------------------------------------------------------------------------------------- */

static void note_refusal(struct source *s, size_t i, const struct fault *f)
{
	if (s->told[i] != READING_REFUSED)
		log_warning(SOURCE_LOG, "%s: the server refuses its query: %s; it is missing",
			    source_point(s, i)->spec.name, f->text);
	s->told[i] = READING_REFUSED;
	s->reading[i].why = READING_REFUSED;
}

/* The value in an answer. False: there is none, and the reading or the source's fault says why. */
static bool take_answer(struct source *s, size_t i, const struct http_answer *a,
			struct promapi_instant *ret)
{
	struct fault f = {0};
	int r;

	if (a->code < 0) {
		source_note_failure(s, a->code, a->fault->text);
		return false;
	}
	r = promapi_instant((const char *)a->body, a->n, ret, &f);
	if (r == ERR_MALFORMED && a->status != 200) {
		source_note_status(s, a->status);
		return false;
	}
	if (r == ERR_MALFORMED) {
		source_note_failure(s, r, f.text);
		return false;
	}
	s->n_answers++;
	if (r < 0) {
		note_refusal(s, i, &f);
		return false;
	}
	if (ret->n_series != 1)
		s->reading[i].why = ret->n_series ? READING_AMBIGUOUS : READING_ABSENT;
	return ret->n_series == 1;
}

static void point_done(struct source *s)
{
	s->in_flight--;
	ask_more(s);
}

/* The value is a time, in seconds; one that is none is as old as can be. */
static void age_answered(void *arg, const struct http_answer *a)
{
	struct source_ask *ask = arg;
	struct source *s = ask->source;
	struct promapi_instant v;
	int64_t seen_ms = 0;

	if (!s->closing && take_answer(s, ask->i, a, &v)) {
		if (v.value > 0 && v.value < TIME_MAX_S)
			seen_ms = (int64_t)(v.value * 1000);
		s->reading[ask->i] =
			reading_of_value(source_point(s, ask->i), ask->raw, ask->t_ms, seen_ms);
	}
	point_done(s);
}

static int get(struct source_ask *ask, const char *before, const char *after,
	       void (*done)(void *arg, const struct http_answer *a))
{
	struct source *s = ask->source;
	char query[MAPPING_QUERY_B + 64], escaped[3 * (MAPPING_QUERY_B + 64) + 1];
	struct buf b;
	int r;

	(void)snprintf(query, sizeof(query), "%s%s%s", before, source_point(s, ask->i)->query,
		       after);
	(void)http_escape(query, escaped, sizeof(escaped));
	buf_init(&b, 0);
	(void)buf_printf(&b, QUERY "%s", escaped);
	r = b.err ? b.err : source_get(s, buf_str(&b), ACCEPT, done, ask);
	buf_fini(&b);
	if (r < 0)
		source_note_failure(s, r, source_why_not(s, r));
	return r;
}

static void value_answered(void *arg, const struct http_answer *a)
{
	struct source_ask *ask = arg;
	struct source *s = ask->source;
	const struct mapping_point *p = source_point(s, ask->i);
	struct promapi_instant v;

	if (!s->closing && take_answer(s, ask->i, a, &v)) {
		source_note_time(s, v.t_ms);
		ask->raw = v.value;
		ask->t_ms = v.t_ms;
		if (p->max_age_ms > 0 && get(ask, "min(timestamp(", "))", age_answered) == 0)
			return;
		if (p->max_age_ms == 0)
			s->reading[ask->i] = reading_of_value(p, v.value, v.t_ms, INT64_MIN);
	}
	point_done(s);
}

/* ---- Questions ----------------------------------------------------------------------------------------- */

static void ask_more(struct source *s)
{
	while (!s->closing && s->next < s->n && s->in_flight < IN_FLIGHT_MAX) {
		struct source_ask *ask = &s->ask[s->next++];

		if (get(ask, "", "", value_answered) == 0)
			s->in_flight++;
	}
	if (s->in_flight == 0)
		source_finish(s);
}

void source_promql_start(struct source *s)
{
	ask_more(s);
}
