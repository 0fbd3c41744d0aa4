#include <stdio.h>

#include "api/handlers.h"
#include "api/pending.h"
#include "api/reply.h"
#include "engine/configure_diff.h"
#include "proto/frame.h"

#define LINE_MAX_B 512

int handle_get_config(struct request *r)
{
	const struct configuration *c = engine_configuration(r->engine);
	struct reloads reloads = engine_reloads(r->engine);
	Suandian__V1__ConfigText body = SUANDIAN__V1__CONFIG_TEXT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.text = c->canonical ? c->canonical : (char *)"";
	body.hash = (ProtobufCBinaryData){.len = sizeof(c->hash), .data = (uint8_t *)c->hash};
	body.path = (char *)c->path;
	body.since_ms = reloads.since_ms;
	body.reloads = reloads.n;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CONFIG_TEXT;
	env.config_text = &body;
	reply(r->session, r->id, &env);
	return 0;
}

/* ---- Differences ------------------------------------------------------------------------------- */

static bool put_faults(struct arena *a, const struct fault_list *faults,
		       Suandian__V1__ConfigDiff *m)
{
	char line[LINE_MAX_B];

	m->faults = ARENA_ARRAY(a, faults->n + 1, char *);
	if (!m->faults)
		return false;
	for (size_t i = 0; i < faults->n; i++) {
		m->faults[i] =
			arena_strdup(a, conf_fault_format(&faults->at[i], line, sizeof(line)));
		if (!m->faults[i])
			return false;
	}
	m->n_faults = faults->n;
	if (faults->n_dropped == 0)
		return true;
	m->faults[m->n_faults] = arena_printf(a, "and %zu more", faults->n_dropped);
	return m->faults[m->n_faults++] != NULL;
}

static bool put_changes(struct arena *a, const struct configuration_change *changes, size_t n,
			Suandian__V1__ConfigDiff *m)
{
	m->changes = ARENA_ARRAY(a, n, Suandian__V1__ConfigChange *);
	if (!m->changes)
		return false;
	for (size_t i = 0; i < n; i++) {
		Suandian__V1__ConfigChange *x = ARENA_NEW(a, Suandian__V1__ConfigChange);

		if (!x)
			return false;
		suandian__v1__config_change__init(x);
		x->path = (char *)changes[i].path;
		x->before = (char *)changes[i].before;
		x->after = (char *)changes[i].after;
		x->effect = (char *)(changes[i].restart ? "restart" : "at once");
		m->changes[i] = x;
	}
	m->n_changes = n;
	return true;
}

static int compare(struct arena *a, const struct configuration *now,
		   const struct configuration *next, Suandian__V1__ConfigDiff *m)
{
	const struct configuration_change *changes;
	CLEANUP(buf_fini) struct buf text;
	uint8_t *hash = arena_alloc(a, sizeof(next->hash));
	size_t n;
	int rc = configuration_diff(now, next, a, &changes, &n);

	buf_init(&text, FRAME_BODY_MAX);
	if (rc == 0)
		rc = configuration_diff_print(changes, n, &text);
	if (rc < 0)
		return rc;
	m->text = arena_strdup(a, buf_str(&text));
	if (!hash || !m->text || !put_changes(a, changes, n, m))
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(next->hash); i++)
		hash[i] = next->hash[i];
	m->new_hash = (ProtobufCBinaryData){.len = sizeof(next->hash), .data = hash};
	return 0;
}

int handle_diff_config(struct request *r)
{
	const struct configuration *now = engine_configuration(r->engine);
	Suandian__V1__ConfigDiff body = SUANDIAN__V1__CONFIG_DIFF__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	struct arena *a = core_answer(r->core);
	struct configuration *next = NULL;
	struct fault_list faults;
	int rc;

	fault_list_init(&faults);
	rc = configure_load(now->path, &next, &faults);
	if (rc == 0)
		rc = compare(a, now, next, &body);
	else if (!fault_list_is_empty(&faults))
		rc = put_faults(a, &faults, &body) ? 0 : -ENOMEM;
	configuration_free(next);
	fault_list_fini(&faults);
	if (rc < 0)
		return refuse(&r->refusal, rc, "", "%s: %s", now->path, err_text(rc));
	body.old_hash =
		(ProtobufCBinaryData){.len = sizeof(now->hash), .data = (uint8_t *)now->hash};
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CONFIG_DIFF;
	env.config_diff = &body;
	reply(r->session, r->id, &env);
	return 0;
}

int handle_reload_config(struct request *r)
{
	struct pending *p = pending_new(r, pending_ok);
	int rc;

	if (!p)
		return refuse(&r->refusal, -ENOMEM, "", "out of memory");
	rc = engine_reload(r->engine, r->session->peer.who, &p->waiter, NULL, &r->refusal.fault);
	if (rc < 0)
		pending_drop(p);
	return rc;
}
