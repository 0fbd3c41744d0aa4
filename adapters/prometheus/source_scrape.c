/* An exporter: one page with all its metrics. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "prometheus/source_priv.h"

#define ACCEPT "Accept: text/plain;version=0.0.4"

static void on_sample(void *arg, const struct exposition_sample *sample)
{
	struct source *s = arg;

	for (size_t at = (size_t)(uintptr_t)map_get_str(&s->by_metric, sample->name); at > 0;
	     at = s->next_same[at - 1])
		if (selector_matches(&source_point(s, at - 1)->selector, sample))
			reading_match(&s->matches[at - 1], sample);
}

/* A counter's number as a power or a temperature is surely not what was meant. */
static void on_type(void *arg, const char *name, bool is_counter)
{
	struct source *s = arg;

	for (size_t at = (size_t)(uintptr_t)map_get_str(&s->by_metric, name); at > 0 && is_counter;
	     at = s->next_same[at - 1]) {
		const struct mapping_point *p = source_point(s, at - 1);

		if (p->rate || p->spec.kind == SUANDIAN__V1__VALUE_KIND__KIND_COUNTER ||
		    s->warned[at - 1])
			continue;
		s->warned[at - 1] = true;
		log_warning(SOURCE_LOG, "%s: %s is a counter; `rate: true` or `kind: counter`?",
			    p->spec.name, name);
	}
}

static bool read_page(struct source *s, const struct http_answer *a)
{
	struct exposition_sink sink = {.sample = on_sample, .type = on_type, .arg = s};
	struct fault f = {0};

	memset(s->matches, 0, s->n * sizeof(*s->matches));
	if (a->code < 0) {
		source_note_failure(s, a->code, a->fault->text);
		return false;
	}
	if (a->status != 200) {
		source_note_status(s, a->status);
		return false;
	}
	/* Times are in seconds there. */
	if (strncmp(a->content_type, "application/openmetrics-text", 28) == 0) {
		source_note_failure(s, ERR_MALFORMED, "answers in OpenMetrics, not in text 0.0.4");
		return false;
	}
	if (exposition_parse((const char *)a->body, a->n, &sink, &f) < 0) {
		(void)fault_prefix(&f, "%s", s->endpoint.base);
		source_note_failure(s, f.code, f.text);
		return false;
	}
	return true;
}

static void answered(void *arg, const struct http_answer *a)
{
	struct source *s = arg;
	int64_t now_ms = clock_wall_ms();

	if (!s->closing && read_page(s, a)) {
		s->n_answers++;
		for (size_t i = 0; i < s->n; i++)
			s->reading[i] = reading_of_matches(source_point(s, i), &s->matches[i],
							   &s->memory[i], now_ms);
	}
	source_finish(s);
}

void source_scrape_start(struct source *s)
{
	int r = source_get(s, "", ACCEPT, answered, s);

	if (r == 0)
		return;
	source_note_failure(s, r, source_why_not(s, r));
	source_finish(s);
}
