#include "fake_engine.h"

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"

struct fake fake;
static struct point a_point;
static struct site sites[2];

void fake_reset(void)
{
	fake = (struct fake){.allow = true, .now_ms = 1000 * MS_PER_DAY, .n_points = FAKE_POINTS};
	fake.configuration.settings.limits.sessions = 64;
	fake.configuration.sites = sites;
	fake.configuration.n_sites = 1;
	sites[0] =
		(struct site){.id = "hongyuan", .n_generators = 1, .n_storage = 1, .n_queues = 1};
	snprintf(sites[0].generators[0].id, ID_MAX, "pv1");
	snprintf(sites[0].storage[0].id, ID_MAX, "bess");
	snprintf(sites[0].load.id, ID_MAX, "it");
	snprintf(sites[0].queues[0].id, ID_MAX, "batch");
	fake.health.plan_age_ms = -1;
}

struct engine *fake_engine(void)
{
	return (struct engine *)&fake;
}

void fake_take(struct waiter *w)
{
	fake.waiters[fake.n_waiters++ % FAKE_WAITERS] = w;
}

void fake_complete(int rc)
{
	uint32_t n = fake.n_waiters;

	fake.n_waiters = 0;
	for (uint32_t i = 0; i < n; i++)
		fake.waiters[i]->fn(fake.waiters[i], rc, NULL);
}

void fake_acknowledge(uint64_t epoch, uint64_t seq)
{
	struct source_ack ack = {
		.source = fake.last_source,
		.epoch = epoch,
		.seq = seq,
		.duplicates = 1,
		.n_gaps = 1,
		.gaps = {{.from_seq = 3, .to_seq = 4}},
	};

	fake.on_ack(fake.on_ack_arg, &ack);
}

/* ---- engine.h ---------------------------------------------------------------------------------- */

int64_t engine_now(const struct engine *e)
{
	(void)e;
	return fake.now_ms;
}

bool engine_is_driven(const struct engine *e)
{
	(void)e;
	return fake.driven;
}

int engine_claim_clock(struct engine *e, uint64_t client, int64_t start_ms, int64_t *ret_now,
		       struct fault *f)
{
	(void)e;
	if (!fake.driven)
		return fault_set(f, ERR_CLOCK, "the clock is not driven");
	fake.clock_client = client;
	*ret_now = start_ms;
	return 0;
}

void engine_release_clock(struct engine *e, uint64_t client)
{
	(void)e;
	fake.releases += client == fake.clock_client;
}

int engine_advance(struct engine *e, uint64_t client, int64_t to_ms, struct waiter *w,
		   struct fault *f)
{
	(void)e;
	if (client != fake.clock_client)
		return fault_set(f, ERR_CLOCK, "claimed by another");
	if (fake.advance_rc < 0)
		return fake.advance_rc;
	fake.now_ms = to_ms;
	fake_take(w);
	return 0;
}

struct quiescent engine_quiescent(const struct engine *e)
{
	(void)e;
	return (struct quiescent){.t_ms = fake.now_ms, .plans = 2, .decisions = 3, .audit_seq = 4};
}

int engine_declare_points(struct engine *e, const struct point_declaration *d, uint32_t *ret_ids,
			  struct waiter *w, struct fault *f)
{
	(void)e;
	if (fake.declare_rc < 0)
		return fault_set(f, fake.declare_rc, "refused by the test");
	fake.declares++;
	snprintf(fake.last_source, sizeof(fake.last_source), "%s", d->source);
	for (size_t i = 0; i < d->n; i++)
		ret_ids[i] = (uint32_t)i + 1;
	fake_take(w);
	return 0;
}

const struct point *engine_point(const struct engine *e, uint32_t id)
{
	(void)e;
	if (id == 0 || id > fake.n_points)
		return NULL;
	a_point.id = id;
	a_point.decl.unit = UNIT_W;
	a_point.decl.period_ms = 1000;
	snprintf(a_point.decl.name, sizeof(a_point.decl.name), "hongyuan/p%u", id);
	return &a_point;
}

uint32_t engine_point_count(const struct engine *e)
{
	(void)e;
	return fake.n_points;
}

void engine_point_binding(const struct engine *e, uint32_t id, const char **ret_site,
			  const char **ret_role)
{
	(void)e;
	*ret_site = id == 1 ? "hongyuan" : "";
	*ret_role = id == 1 ? "pcc.power" : "";
}

int engine_push_samples(struct engine *e, const struct sample_batch *b, enum push_result *ret,
			struct fault *f)
{
	(void)e;
	if (fake.push_rc < 0)
		return fault_set(f, fake.push_rc, "refused by the test");
	fake.pushes++;
	fake.samples += b->n;
	fake.last_seq = b->seq;
	snprintf(fake.last_source, sizeof(fake.last_source), "%s", b->source);
	*ret = fake.push_result;
	return 0;
}

void engine_skip_batch(struct engine *e, const char *source, uint64_t epoch, uint64_t seq)
{
	(void)e;
	(void)source;
	(void)epoch;
	fake.skips++;
	fake.last_skip = seq;
}

int engine_listen_source(struct engine *e, const char *source,
			 void (*on_ack)(void *arg, const struct source_ack *a), void *arg)
{
	(void)e;
	(void)source;
	fake.listens++;
	fake.on_ack = on_ack;
	fake.on_ack_arg = arg;
	return 0;
}

void engine_unlisten_source(struct engine *e, const char *source, void *arg)
{
	(void)e;
	(void)source;
	fake.unlistens++;
	if (arg == fake.on_ack_arg)
		fake.on_ack = NULL;
}

int engine_push_curve(struct engine *e, const char *source, const struct curve *c, struct waiter *w,
		      struct fault *f)
{
	(void)e;
	(void)source;
	(void)c;
	if (fake.curve_rc < 0)
		return fault_set(f, fake.curve_rc, "refused by the test");
	fake.curves++;
	fake_take(w);
	return 0;
}

int engine_latest(const struct engine *e, uint32_t point, struct sample *ret)
{
	(void)e;
	if (point == 0 || point > fake.n_points)
		return ERR_NOTFOUND;
	*ret = (struct sample){.t_ms = fake.now_ms, .value = point, .quality = QUALITY_ESTIMATED};
	return 0;
}

int engine_range(const struct engine *e, uint32_t point, int64_t from_ms, int64_t to_ms,
		 bool (*visit)(void *arg, const struct sample *s), void *arg)
{
	(void)e;
	(void)point;
	fake.range_calls++;
	for (uint64_t i = (uint64_t)(from_ms + 999) / 1000; i < fake.range_samples; i++) {
		struct sample s = {
			.t_ms = (int64_t)i * 1000,
			.value = (double)i,
			.quality = i % 7 == 0 ? QUALITY_BAD : QUALITY_OK,
		};

		if (s.t_ms >= to_ms || !visit(arg, &s))
			break;
	}
	return 0;
}

const struct configuration *engine_configuration(const struct engine *e)
{
	(void)e;
	return &fake.configuration;
}

int engine_get_plan(const struct engine *e, const char *site, uint64_t plan_id, int64_t at_ms,
		    struct arena *a, const struct plan **ret)
{
	(void)e;
	(void)site;
	(void)plan_id;
	(void)at_ms;
	(void)a;
	if (!fake.plan)
		return ERR_NODATA;
	*ret = fake.plan;
	return 0;
}

int engine_get_record(const struct engine *e, const char *site, int64_t from_ms, int64_t to_ms,
		      struct arena *a, struct plan **ret)
{
	(void)e;
	(void)site;
	(void)from_ms;
	(void)to_ms;
	(void)a;
	if (!fake.plan)
		return ERR_NODATA;
	*ret = fake.plan;
	return 0;
}

int engine_explain(const struct engine *e, const char *asset, int64_t at_ms, uint64_t decision_id,
		   struct arena *a, struct why *ret)
{
	(void)e;
	(void)asset;
	(void)at_ms;
	(void)a;
	if (!fake.plan)
		return ERR_NODATA;
	*ret = (struct why){
		.plan = fake.plan,
		.decision_id = decision_id,
		.power_w = -5,
		.text_en = "because",
		.text_zh = "因为",
	};
	return 0;
}

int engine_replan(struct engine *e, const char *site, struct waiter *w, struct fault *f)
{
	(void)e;
	if (strcmp(site, "hongyuan") != 0)
		return fault_set(f, ERR_NOTFOUND, "there is no site %s", site);
	fake_take(w);
	return 0;
}

int engine_replay(struct engine *e, uint64_t plan_id, struct plan_replay *ret, struct waiter *w,
		  struct fault *f)
{
	(void)e;
	if (plan_id == 404)
		return fault_set(f, ERR_NOTFOUND, "there is no plan 404");
	*ret = (struct plan_replay){.plan_id = plan_id, .region_id = plan_id - 1, .same = true};
	fake_take(w);
	return 0;
}

int engine_whatif(struct engine *e, const struct whatif_question *q, struct whatif_answer *ret,
		  struct waiter *w, struct fault *f)
{
	(void)e;
	(void)f;
	*ret = (struct whatif_answer){.n_sites = 1, .n_slots = 1, .rebound_w = q->target_w};
	memcpy(ret->sites[0].site, q->site, sizeof(ret->sites[0].site));
	ret->sites[0].then.deliverable_w = q->target_w;
	ret->slots[0] = (struct whatif_slot){.start_ms = q->from_ms, .now_w = 5, .then_w = 3};
	fake_take(w);
	return 0;
}

int engine_put_event(struct engine *e, const struct event *ev, const char *who, struct waiter *w,
		     uint64_t *ret_id, struct fault *f)
{
	(void)e;
	(void)who;
	if (fake.event_rc < 0)
		return fault_set(f, fake.event_rc, "refused by the test");
	fake.last_event = *ev;
	fake.event = *ev;
	fake.event.id = 7;
	*ret_id = 7;
	fake_take(w);
	return 0;
}

int engine_cancel_event(struct engine *e, const struct event_cancel *c, struct waiter *w,
			uint64_t *ret_id, struct fault *f)
{
	(void)e;
	(void)c;
	if (fake.event.id == 0 && fake.instruction.state != INSTRUCTION_PENDING)
		return fault_set(f, ERR_NOTFOUND, "no such event");
	fake.cancels++;
	*ret_id = fake.event.id;
	fake_take(w);
	return 0;
}

const struct event *engine_event(const struct engine *e, uint64_t id)
{
	(void)e;
	return id != 0 && id == fake.event.id ? &fake.event : NULL;
}

void engine_list_events(const struct engine *e, const char *site, int64_t from_ms, int64_t to_ms,
			bool (*visit)(void *arg, const struct event *ev), void *arg)
{
	(void)e;
	(void)site;
	(void)from_ms;
	(void)to_ms;
	for (int i = 0; fake.event.id != 0 && i < 20; i++)
		if (!visit(arg, &fake.event))
			return;
}

int engine_subscribe(struct engine *e, uint64_t subscriber, const char *const *patterns, size_t n,
		     uint64_t after_id, struct fault *f)
{
	(void)e;
	(void)patterns;
	(void)n;
	(void)after_id;
	if (fake.subscribe_rc < 0)
		return fault_set(f, fake.subscribe_rc, "refused by the test");
	fake.subscribes++;
	fake.subscriber = subscriber;
	return 0;
}

void engine_unsubscribe(struct engine *e, uint64_t subscriber)
{
	(void)e;
	(void)subscriber;
	fake.unsubscribes++;
}

void engine_subscriber_ready(struct engine *e, uint64_t subscriber)
{
	(void)e;
	(void)subscriber;
	fake.ready++;
}

int engine_ack_decision(struct engine *e, const struct decision_ack *ack, struct waiter *w,
			struct fault *f)
{
	(void)e;
	if (fake.ack_rc < 0)
		return fault_set(f, fake.ack_rc, "refused by the test");
	fake.acks++;
	fake.last_ack = *ack;
	fake_take(w);
	return 0;
}

const struct decision *engine_decision(const struct engine *e, uint64_t id)
{
	(void)e;
	return id != 0 && id == fake.decision.id ? &fake.decision : NULL;
}

int engine_list_decisions(const struct engine *e, const struct decision_query *q,
			  bool (*visit)(void *arg, const struct decision *d), void *arg)
{
	(void)e;
	for (uint32_t i = 0; i < q->limit; i++)
		if (!visit(arg, &fake.decision))
			break;
	return 0;
}

void engine_health(const struct engine *e, struct health *ret)
{
	(void)e;
	*ret = fake.health;
}

uint32_t engine_sources(const struct engine *e, struct source_figures *ret, uint32_t cap)
{
	(void)e;
	if (cap == 0)
		return 0;
	ret[0] = (struct source_figures){
		.name = "sim", .newest_ms = fake.now_ms - 1000, .connected = true};
	return 1;
}

int64_t engine_watermark(const struct engine *e)
{
	(void)e;
	return fake.now_ms - 2000;
}

int engine_metrics(const struct engine *e, struct buf *out)
{
	(void)e;
	return buf_append(out, "# engine\n", 9);
}

void engine_audit_refusal(struct engine *e, const char *who, const char *request, int code,
			  const char *text)
{
	(void)e;
	(void)who;
	(void)code;
	fake.refusals++;
	snprintf(fake.last_refusal_text, sizeof(fake.last_refusal_text), "%s", text);
	snprintf(fake.last_refusal, sizeof(fake.last_refusal), "%s", request);
}

static void chain(uint8_t head[32], uint64_t seq, const void *body, size_t len)
{
	uint8_t bytes[44 + 16];

	memcpy(bytes, head, 32);
	for (int i = 0; i < 8; i++)
		bytes[32 + i] = (uint8_t)(seq >> (56 - 8 * i));
	for (int i = 0; i < 4; i++)
		bytes[40 + i] = (uint8_t)(len >> (24 - 8 * i));
	memcpy(bytes + 44, body, len);
	sha256(bytes, 44 + len, head);
}

int engine_read_audit(const struct engine *e, uint64_t from_seq, uint32_t limit,
		      bool (*visit)(void *arg, const struct ledger_audit *r), void *arg)
{
	uint8_t head[32];
	uint64_t sent = 0;

	(void)e;
	fake.audit_calls++;
	sha256(AUDIT_CHAIN_SEED, strlen(AUDIT_CHAIN_SEED), head);
	for (uint64_t seq = 1; seq <= fake.audit_records && sent < limit; seq++) {
		struct ledger_audit r = {.seq = seq, .body = (const uint8_t *)"{}", .len = 2};

		chain(head, seq, r.body, r.len);
		memcpy(r.hash, head, sizeof(head));
		r.hash[0] ^= seq == fake.audit_broken;
		if (seq < from_seq)
			continue;
		sent++;
		if (!visit(arg, &r))
			break;
	}
	return 0;
}

void engine_audit_end(const struct engine *e, struct audit_end *ret)
{
	(void)e;
	*ret = (struct audit_end){.seq = fake.audit_records + fake.audit_cut};
	sha256(AUDIT_CHAIN_SEED, strlen(AUDIT_CHAIN_SEED), ret->head);
	for (uint64_t seq = 1; seq <= ret->seq; seq++)
		chain(ret->head, seq, "{}", 2);
}

/* ---- configure.h ------------------------------------------------------------------------------- */

const char *access_role_name(enum access_role r)
{
	static const char *const names[] = {"observe", "operate", "admin",
					    "adapter", "approve", "audit"};

	return names[r];
}

bool configuration_allows(const struct configuration *c, const struct access_peer *peer,
			  enum access_role role, const char *source)
{
	(void)c;
	(void)peer;
	(void)role;
	return fake.allow && !(source && strcmp(source, "stranger") == 0);
}

const struct site *configuration_site(const struct configuration *c, const char *id)
{
	for (size_t i = 0; i < c->n_sites; i++)
		if (strcmp(c->sites[i].id, id) == 0)
			return &c->sites[i];
	return NULL;
}

/* ---- configuration ---- */

struct reloads engine_reloads(const struct engine *e)
{
	(void)e;
	return (struct reloads){.n = 3, .since_ms = 5000};
}

int engine_reload(struct engine *e, const char *who, struct waiter *w, struct fault_list *faults,
		  struct fault *f)
{
	(void)e;
	(void)faults;
	if (fake.reload_rc < 0)
		return fault_set(f, fake.reload_rc, "main.yaml:1:2: refused by the test");
	snprintf(fake.last_source, sizeof(fake.last_source), "%s", who);
	fake_take(w);
	return 0;
}

int configure_load(const char *path, struct configuration **ret, struct fault_list *faults)
{
	struct conf_mark where = {.file = path, .line = 4, .col = 2};

	if (fake.reload_rc < 0) {
		fault_list_add(faults, where, "%s", "plan.period: is no multiple of 15min");
		return fake.reload_rc;
	}
	*ret = &fake.on_disk;
	return 0;
}

void configuration_free(struct configuration *c)
{
	(void)c;
}
