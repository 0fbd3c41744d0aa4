#include "api/handlers.h"
#include "api/map_out.h"
#include "api/reply.h"
#include "base/clock.h"
#include "proto/frame.h"

int handle_health(struct request *r)
{
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct health *health = ARENA_NEW(r->arena, struct health);
	Suandian__V1__HealthReport *m = NULL;

	if (health) {
		engine_health(r->engine, health);
		m = map_out_health(core_answer(r->core), health);
	}
	if (!m)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	m->now_ms = engine_now(r->engine);
	m->uptime_ms = clock_mono_ms() - r->core->started_ms;
	m->build = r->core->build;
	m->sessions = r->core->n_sessions;
	m->points = engine_point_count(r->engine);
	m->driven_clock = engine_is_driven(r->engine);
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
