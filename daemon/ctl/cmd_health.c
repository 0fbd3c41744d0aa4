#include "ctl/cmd.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "ctl/ask.h"
#include "ctl/format.h"
#include "ctl/message.h"

/* ---- health -------------------------------------------------------------------------------------- */

static enum style style_of(const char *state)
{
	return strcmp(state, "ready") == 0	? STYLE_GOOD
	       : strcmp(state, "degraded") == 0 ? STYLE_WARN
						: STYLE_BAD;
}

static void print_reasons(const struct ctl *c, const Suandian__V1__HealthReport *h)
{
	for (size_t i = 0; i < h->n_reasons; i++) {
		const Suandian__V1__HealthReason *reason = h->reasons[i];

		out_part(&c->out, STYLE_WARN, "  %s", reason->code);
		out_line(&c->out, STYLE_PLAIN, ": %s", reason->text);
		out_line(&c->out, STYLE_DIM, "    since %s (%s)%s%s",
			 format_time(c->zone, reason->since_ms).s,
			 format_span(h->now_ms - reason->since_ms).s, *reason->doing ? "; " : "",
			 reason->doing);
	}
}

int cmd_health(struct ctl *c)
{
	const Suandian__V1__HealthReport *h = NULL;
	int r = ctl_connect(c, NULL);

	r = r ? r : ask_health(c, &h);
	if (r)
		return r;
	if (c->json) {
		r = ctl_print_json(c, message_json(&h->base));
	} else {
		out_line(&c->out, style_of(h->state), "%s", h->state);
		print_reasons(c, h);
		out_line(&c->out, STYLE_PLAIN, "engine time %s (%s, %s clock), up %s",
			 format_seconds(c->zone, h->now_ms).s, zone_name(c->zone),
			 h->driven_clock ? "driven" : "wall", format_span(h->uptime_ms).s);
		out_line(&c->out, STYLE_PLAIN,
			 "%" PRIu32 " session%s, %" PRIu32 " points, %" PRIu64
			 " samples, audit record %" PRIu64,
			 h->sessions, h->sessions == 1 ? "" : "s", h->points, h->samples,
			 h->audit_seq);
		out_line(&c->out, STYLE_PLAIN, "oldest plan in force: %s",
			 h->plan_age_ms < 0 ? "a site has none" : format_span(h->plan_age_ms).s);
		out_line(&c->out, STYLE_DIM, "%s", h->build);
	}
	return r == CTL_OK && strcmp(h->state, "failed") == 0 ? CTL_REFUSED : r;
}

/* ---- metrics ------------------------------------------------------------------------------------- */

/* One line "series value [time]" of the exposition; comments and what is none are left out. */
static void add_metric(json_t *array, const char *line, size_t n)
{
	char series[512], number[64];
	const char *name_end = memchr(line, '{', n), *rest;
	double value = NAN;
	size_t len;

	if (n == 0 || *line == '#')
		return;
	name_end = name_end ? memrchr(line, '}', n) : memchr(line, ' ', n);
	if (!name_end)
		return;
	rest = name_end + 1;
	len = (size_t)(rest - line) - (*name_end == ' ');
	while (rest < line + n && *rest == ' ')
		rest++;
	(void)snprintf(series, sizeof(series), "%.*s", (int)len, line);
	(void)snprintf(number, sizeof(number), "%.*s", (int)strcspn(rest, " \n"), rest);
	(void)num_parse_double(number, -1e308, 1e308, &value);
	json_array_append_new(array, json_pack("{s:o,s:o}", "series", message_text(series), "value",
					       isfinite(value) ? json_real(value) : json_null()));
}

static json_t *metrics_json(const char *text)
{
	json_t *array = json_array();

	while (*text) {
		size_t n = strcspn(text, "\n");

		add_metric(array, text, n);
		text += n + (text[n] == '\n');
	}
	return json_pack("{s:o}", "metrics", array);
}

int cmd_metrics(struct ctl *c)
{
	Suandian__V1__Metrics body = SUANDIAN__V1__METRICS__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	int r = ctl_connect(c, NULL);

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_METRICS;
	env.metrics = &body;
	r = r ? r : ctl_call(c, &env, SUANDIAN__V1__ENVELOPE__BODY_METRICS_TEXT, &answer);
	if (r)
		return r;
	if (c->json)
		return ctl_print_json(c, metrics_json(answer->metrics_text->text));
	out_lines(&c->out, answer->metrics_text->text);
	return CTL_OK;
}
