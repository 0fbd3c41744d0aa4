#include <string.h>

#include "api/handlers.h"
#include "api/map_out.h"
#include "api/reply.h"
#include "base/clock.h"
#include "engine/operator.h"
#include "proto/frame.h"

#define HEALTH_SOURCES_MAX 64

static bool put_adapters(const struct engine *e, struct arena *a, Suandian__V1__HealthReport *m)
{
	struct source_figures at[HEALTH_SOURCES_MAX];
	uint32_t n = engine_sources(e, at, HEALTH_SOURCES_MAX);

	m->adapters = ARENA_ARRAY(a, n, Suandian__V1__AdapterHealth *);
	for (uint32_t i = 0; m->adapters && i < n; i++) {
		Suandian__V1__AdapterHealth *one = ARENA_NEW(a, Suandian__V1__AdapterHealth);

		if (!one)
			return false;
		*one = (Suandian__V1__AdapterHealth)SUANDIAN__V1__ADAPTER_HEALTH__INIT;
		one->source = (char *)at[i].name;
		one->lag_ms = at[i].newest_ms ? max_i64(engine_now(e) - at[i].newest_ms, 0) : -1;
		one->connected = at[i].connected;
		m->adapters[m->n_adapters++] = one;
	}
	return m->adapters != NULL;
}

static bool count_instruction(void *arg, const struct instruction *in)
{
	Suandian__V1__HealthReport *m = arg;
	size_t n = strcspn(in->target, "/");

	if (in->state != INSTRUCTION_IN_FORCE || in->kind == INSTRUCTION_MODE)
		return true;
	for (size_t i = 0; i < m->n_sites; i++) {
		if (strncmp(m->sites[i]->site, in->target, n) != 0 || m->sites[i]->site[n])
			continue;
		m->sites[i]->overrides += in->kind == INSTRUCTION_OVERRIDE;
		m->sites[i]->out_of_service += in->kind == INSTRUCTION_AVAILABILITY;
	}
	return true;
}

static bool put_sites(const struct engine *e, struct arena *a, Suandian__V1__HealthReport *m)
{
	const struct configuration *c = engine_configuration(e);

	m->sites = ARENA_ARRAY(a, c->n_sites, Suandian__V1__SiteHealth *);
	for (size_t i = 0; m->sites && i < c->n_sites; i++) {
		Suandian__V1__SiteHealth *one = ARENA_NEW(a, Suandian__V1__SiteHealth);
		const struct instruction *by;

		if (!one)
			return false;
		*one = (Suandian__V1__SiteHealth)SUANDIAN__V1__SITE_HEALTH__INIT;
		one->site = (char *)c->sites[i].id;
		one->mode = (char *)site_mode_name(engine_mode_of(e, one->site, &by));
		one->mode_by = (char *)(by ? by->who : "");
		one->mode_reason = (char *)(by ? by->reason : "");
		m->sites[m->n_sites++] = one;
	}
	if (!m->sites)
		return false;
	engine_list_instructions(e, count_instruction, m);
	return true;
}

int handle_health(struct request *r)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct health *health = ARENA_NEW(r->arena, struct health);
	Suandian__V1__HealthReport *m = NULL;

	if (health) {
		engine_health(r->engine, health);
		m = map_out_health(core_answer(r->core), health);
	}
	if (!m || !put_adapters(r->engine, &r->core->out, m) ||
	    !put_sites(r->engine, &r->core->out, m))
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	m->now_ms = engine_now(r->engine);
	m->uptime_ms = clock_mono_ms() - r->core->started_ms;
	m->build = r->core->build;
	m->sessions = r->core->n_sessions;
	m->points = engine_point_count(r->engine);
	m->driven_clock = engine_is_driven(r->engine);
	m->ack_p99_ms = core_ack_p99_ms(r->core);
	m->watermark_ms = engine_watermark(r->engine);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH_REPORT;
	env.health_report = m;
	reply(r->session, r->id, &env);
	return 0;
}

int handle_metrics(struct request *r)
{
	Suandian__V1__MetricsText body = SUANDIAN__V1__METRICS_TEXT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	CLEANUP(buf_fini) struct buf text;
	int rc;

	buf_init(&text, FRAME_BODY_MAX);
	rc = engine_metrics(r->engine, &text);
	if (rc == 0)
		rc = core_write_metrics(r->core, &text);
	if (rc < 0)
		return refuse(&r->refusal, rc, "", "%s", err_text(rc));
	body.text = (char *)buf_str(&text);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_METRICS_TEXT;
	env.metrics_text = &body;
	reply(r->session, r->id, &env);
	return 0;
}
