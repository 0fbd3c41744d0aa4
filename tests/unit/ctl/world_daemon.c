/* The daemon itself: health, metrics, audit, refusals. */
#include "world_priv.h"

#include "base/sha256.h"

static void put_adapter(struct arena *a, Suandian__V1__HealthReport *h)
{
	NEW(a, Suandian__V1__AdapterHealth, one) SUANDIAN__V1__ADAPTER_HEALTH__INIT;

	one->source = "sim";
	one->lag_ms = 5000;
	one->connected = true;
	h->adapters = ARENA_ARRAY(a, 1, Suandian__V1__AdapterHealth *);
	h->adapters[h->n_adapters++] = one;
}

static void put_site(struct arena *a, Suandian__V1__HealthReport *h)
{
	NEW(a, Suandian__V1__SiteHealth, one) SUANDIAN__V1__SITE_HEALTH__INIT;

	one->site = "hongyuan";
	one->mode = "hold";
	one->mode_by = "chen";
	one->mode_reason = "audit of the plant";
	one->overrides = 1;
	h->sites = ARENA_ARRAY(a, 1, Suandian__V1__SiteHealth *);
	h->sites[h->n_sites++] = one;
}

void world_answer_health(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__HealthReason, reason) SUANDIAN__V1__HEALTH_REASON__INIT;
	NEW(a, Suandian__V1__HealthReport, h) SUANDIAN__V1__HEALTH_REPORT__INIT;

	reason->code = "stale_point";
	reason->text = "hongyuan/batch.backlog is silent";
	reason->since_ms = WORLD_NOW_MS - 65000;
	reason->doing = "plans with the last known backlog";
	h->state = "degraded";
	h->n_reasons = 1;
	h->reasons = ARENA_ARRAY(a, 1, Suandian__V1__HealthReason *);
	h->reasons[0] = reason;
	h->now_ms = WORLD_NOW_MS;
	h->uptime_ms = 11532000;
	h->build = "suandiand 0.1.0";
	h->sessions = 2;
	h->points = 6;
	h->samples = 123456;
	h->plan_age_ms = 3600000;
	h->audit_seq = 4711;
	h->driven_clock = true;
	h->ledger_bytes = 12 << 20;
	h->journal_bytes = 3 << 20;
	h->series_bytes = 40 << 20;
	h->ack_p99_ms = 20;
	h->solver_ms = 42.5;
	h->solver_gap = 1e-7;
	h->watermark_ms = WORLD_NOW_MS - 65000;
	h->pending = 1;
	put_adapter(a, h);
	put_site(a, h);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH_REPORT;
	env->health_report = h;
}

void world_answer_metrics(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__MetricsText, m) SUANDIAN__V1__METRICS_TEXT__INIT;

	m->text = "# HELP suandian_samples_total Samples stored.\n"
		  "# TYPE suandian_samples_total counter\n"
		  "suandian_samples_total 123456\n"
		  "suandian_ack_seconds_bucket{le=\"0.01\"} 42\n"
		  "suandian_plan_age_seconds{site=\"hong yuan\"} 3600.5 1752577200000\n";
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_METRICS_TEXT;
	env->metrics_text = m;
}

/* The vector of domain-policy.md §8. */
static const char *const bodies[] = {
	"{\"seq\":1,\"op\":\"select\",\"res\":\"hy-01\",\"kw\":-300}",
	"{\"seq\":2,\"op\":\"operate\",\"res\":\"hy-01\",\"kw\":-300}",
};
static const char *const hashes[] = {
	"6f02f1b5a542891f06cc6dd96e33ce62d0cf025d9e993262ed2ea901171fa89e",
	"6ac8e8a309ad6ddd28faffb04464695929bdc0545f941e368cad2c78c9fd05c2",
};

static uint8_t nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void put_hash(struct arena *a, const char *hex, ProtobufCBinaryData *ret)
{
	ret->len = SHA256_LEN;
	ret->data = arena_alloc(a, SHA256_LEN);
	for (size_t i = 0; i < SHA256_LEN; i++)
		ret->data[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

void world_answer_audit(struct arena *a, const Suandian__V1__ReadAudit *q, bool broken,
			Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__AuditChunk, chunk) SUANDIAN__V1__AUDIT_CHUNK__INIT;
	size_t first = q->from_seq > 1 ? 1 : 0;

	chunk->last = true;
	chunk->records = ARENA_ARRAY(a, 2, Suandian__V1__AuditRecord *);
	for (size_t i = first; i < 2 && (q->limit == 0 || i - first < q->limit); i++) {
		NEW(a, Suandian__V1__AuditRecord, r) SUANDIAN__V1__AUDIT_RECORD__INIT;

		r->seq = i + 1;
		r->body.len = strlen(bodies[i]);
		r->body.data = arena_memdup(a, bodies[i], r->body.len);
		if (broken && i == 1)
			r->body.data[20] = 'O';
		put_hash(a, hashes[i], &r->hash);
		chunk->records[chunk->n_records++] = r;
	}
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK;
	env->audit_chunk = chunk;
}

void world_answer_verdict(struct arena *a, bool broken, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__AuditVerdict, v) SUANDIAN__V1__AUDIT_VERDICT__INIT;

	v->ok = !broken;
	v->records = 4711;
	v->bad_seq = broken ? 2 : 0;
	v->text = broken ? "the hash does not fit the body" : "";
	put_hash(a, hashes[1], &v->head);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_VERDICT;
	env->audit_verdict = v;
}

void world_answer_error(struct arena *a, const char *code, const char *text, const char *field,
			Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__Error, e) SUANDIAN__V1__ERROR__INIT;

	e->code = (char *)code;
	e->text = (char *)text;
	e->field = (char *)field;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_ERROR;
	env->error = e;
}

void world_answer_config(struct arena *a, Suandian__V1__Envelope *env)
{
	NEW(a, Suandian__V1__ConfigText, m) SUANDIAN__V1__CONFIG_TEXT__INIT;

	m->text = "store:\n  path: /var/lib/suandian\nplan:\n  period: 15min\n";
	put_hash(a, hashes[0], &m->hash);
	m->path = "/etc/suandian/suandian.yaml";
	m->since_ms = WORLD_NOW_MS - 60000;
	m->reloads = 2;
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_CONFIG_TEXT;
	env->config_text = m;
}

void world_answer_diff(struct arena *a, Suandian__V1__Envelope *env)
{
	static const char *const rows[][4] = {
		{"store.retention", "forever", "30d", "restart"},
		{"sites[hongyuan].pcc.import_max", "20MW", "18MW", "at once"},
		{"sites[new]", "", "(all of it)", "at once"},
	};
	NEW(a, Suandian__V1__ConfigDiff, m) SUANDIAN__V1__CONFIG_DIFF__INIT;

	m->n_changes = ARRAY_SIZE(rows);
	m->changes = ARENA_ARRAY(a, m->n_changes, Suandian__V1__ConfigChange *);
	for (size_t i = 0; i < m->n_changes; i++) {
		NEW(a, Suandian__V1__ConfigChange, x) SUANDIAN__V1__CONFIG_CHANGE__INIT;

		x->path = (char *)rows[i][0];
		x->before = (char *)rows[i][1];
		x->after = (char *)rows[i][2];
		x->effect = (char *)rows[i][3];
		m->changes[i] = x;
	}
	m->text = "as above\n";
	put_hash(a, hashes[0], &m->old_hash);
	put_hash(a, hashes[1], &m->new_hash);
	env->body_case = SUANDIAN__V1__ENVELOPE__BODY_CONFIG_DIFF;
	env->config_diff = m;
}
