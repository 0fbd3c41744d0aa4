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

/* What operators have a hand in. */
static void print_sites(const struct ctl *c, const Suandian__V1__HealthReport *h)
{
	for (size_t i = 0; i < h->n_sites; i++) {
		const Suandian__V1__SiteHealth *s = h->sites[i];
		bool automatic = strcmp(s->mode, "auto") == 0;

		if (automatic && s->overrides == 0 && s->out_of_service == 0)
			continue;
		out_part(&c->out, STYLE_BOLD, "%s", s->site);
		out_part(&c->out, automatic ? STYLE_PLAIN : STYLE_WARN, ": mode %s", s->mode);
		if (!automatic)
			out_part(&c->out, STYLE_DIM, " by %s, %s", s->mode_by, s->mode_reason);
		out_line(&c->out, STYLE_PLAIN,
			 ", %" PRIu32 " override%s, %" PRIu32 " out of service", s->overrides,
			 s->overrides == 1 ? "" : "s", s->out_of_service);
	}
	if (h->pending)
		out_line(&c->out, STYLE_WARN,
			 "%" PRIu32 " wait for a second person; see: suandianctl pending",
			 h->pending);
}

static void print_adapters(const struct ctl *c, const Suandian__V1__HealthReport *h)
{
	for (size_t i = 0; i < h->n_adapters; i++) {
		const Suandian__V1__AdapterHealth *a = h->adapters[i];

		out_part(&c->out, STYLE_PLAIN, "adapter %s: ", a->source);
		if (a->lag_ms < 0)
			out_part(&c->out, STYLE_WARN, "no sample yet");
		else
			out_part(&c->out, STYLE_PLAIN, "newest sample %s old",
				 format_span(a->lag_ms).s);
		out_line(&c->out, a->connected ? STYLE_GOOD : STYLE_WARN, ", %s",
			 a->connected ? "connected" : "not connected");
	}
}

static double mebibytes(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static void print_figures(const struct ctl *c, const Suandian__V1__HealthReport *h)
{
	if (h->watermark_ms)
		out_line(&c->out, STYLE_PLAIN, "watermark: every bound point heard of up to %s",
			 format_seconds(c->zone, h->watermark_ms).s);
	else
		out_line(&c->out, STYLE_WARN, "watermark: some bound point was never heard of");
	out_line(&c->out, STYLE_PLAIN,
		 "store: ledger %.1f MiB, journal %.1f MiB, series %.1f MiB; ack p99 %.0f ms",
		 mebibytes(h->ledger_bytes), mebibytes(h->journal_bytes),
		 mebibytes(h->series_bytes), h->ack_p99_ms);
	out_line(&c->out, STYLE_PLAIN, "solver: last plan in %.0f ms, gap %.2g", h->solver_ms,
		 h->solver_gap);
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
		print_sites(c, h);
		print_adapters(c, h);
		print_figures(c, h);
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
