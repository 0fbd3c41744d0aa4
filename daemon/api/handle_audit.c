#include <string.h>

#include "api/handlers.h"
#include "api/limits.h"
#include "api/reply.h"
#include "api/task.h"
#include "base/sha256.h"

/* ---- Reading ----------------------------------------------------------------------------------- */

struct read_task {
	struct task task;
	uint64_t next_seq;
	uint64_t left;
};

struct audit_chunk {
	struct arena *arena;
	uint64_t room; /* records */
	size_t bytes;
	Suandian__V1__AuditRecord *at[AUDIT_CHUNK_RECORDS];
	size_t n;
	bool more, failed;
};

static Suandian__V1__AuditRecord *copy_record(struct arena *a, const struct ledger_audit *from)
{
	Suandian__V1__AuditRecord *m = ARENA_NEW(a, Suandian__V1__AuditRecord);

	if (!m)
		return NULL;
	*m = (Suandian__V1__AuditRecord)SUANDIAN__V1__AUDIT_RECORD__INIT;
	m->seq = from->seq;
	m->body.data = arena_memdup(a, from->body, from->len);
	m->body.len = from->len;
	m->hash.data = arena_memdup(a, from->hash, sizeof(from->hash));
	m->hash.len = sizeof(from->hash);
	return m->body.data && m->hash.data ? m : NULL;
}

static bool add_record(void *arg, const struct ledger_audit *from)
{
	struct audit_chunk *c = arg;
	Suandian__V1__AuditRecord *m;

	if (c->n >= c->room || c->n >= AUDIT_CHUNK_RECORDS || c->bytes >= AUDIT_CHUNK_BYTES) {
		c->more = c->n < c->room;
		return false;
	}
	m = copy_record(c->arena, from);
	c->failed = !m;
	if (!m)
		return false;
	c->at[c->n++] = m;
	c->bytes += from->len;
	return true;
}

static int step_read(struct task *task, struct refusal *r)
{
	struct read_task *t = container_of(task, struct read_task, task);
	struct core *core = t->task.session->core;
	struct audit_chunk c = {.arena = core_answer(core), .room = t->left};
	Suandian__V1__AuditChunk body = SUANDIAN__V1__AUDIT_CHUNK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int rc = engine_read_audit(core->engine, t->next_seq, AUDIT_CHUNK_RECORDS + 1, add_record,
				   &c);

	if (rc == 0 && c.failed)
		rc = -ENOMEM;
	if (rc < 0)
		return refuse(r, rc, "", "%s", err_text(rc));
	body.records = c.at;
	body.n_records = c.n;
	body.last = !c.more;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK;
	env.audit_chunk = &body;
	reply(t->task.session, t->task.id, &env);
	if (c.n > 0)
		t->next_seq = c.at[c.n - 1]->seq + 1;
	t->left -= c.n;
	return c.more ? TASK_MORE : 0;
}

int handle_read_audit(struct request *r)
{
	const Suandian__V1__ReadAudit *m = r->env->read_audit;
	struct read_task *t;
	struct task *task;
	int rc = task_new(r, sizeof(*t), step_read, &task);

	if (rc < 0)
		return rc;
	t = container_of(task, struct read_task, task);
	t->next_seq = m->from_seq ? m->from_seq : 1;
	t->left = m->limit ? m->limit : UINT64_MAX;
	return 0;
}

/* ---- Verifying --------------------------------------------------------------------------------- */

/* Computed here from the bytes that were read, sharing nothing with the code that wrote them. */
struct verify_task {
	struct task task;
	uint64_t records; /* found whole */
	uint64_t bad_seq;
	uint8_t head[SHA256_LEN];
	struct audit_end end; /* what was on disk when the question came */
	bool cut;
};

struct slice {
	struct verify_task *task;
	uint32_t n;
	bool failed; /* no memory for a hash */
};

static void put_be(uint8_t *out, uint64_t x, int bytes)
{
	for (int i = 0; i < bytes; i++)
		out[i] = (uint8_t)(x >> (8 * (bytes - 1 - i)));
}

static int next_head(const struct verify_task *t, const struct ledger_audit *from,
		     uint8_t ret[SHA256_LEN])
{
	uint8_t numbers[12];
	struct sha256 *h = sha256_new();

	if (!h)
		return -ENOMEM;
	put_be(numbers, from->seq, 8);
	put_be(numbers + 8, from->len, 4);
	sha256_update(h, t->head, sizeof(t->head));
	sha256_update(h, numbers, sizeof(numbers));
	sha256_update(h, from->body, from->len);
	sha256_final(h, ret);
	return 0;
}

static bool verify_record(void *arg, const struct ledger_audit *from)
{
	struct slice *s = arg;
	struct verify_task *t = s->task;
	uint8_t head[SHA256_LEN];

	if (next_head(t, from, head) < 0) {
		s->failed = true;
		return false;
	}
	if (from->seq != t->records + 1 || memcmp(head, from->hash, sizeof(head)) != 0) {
		t->bad_seq = t->records + 1;
		return false;
	}
	if (from->seq == t->end.seq && memcmp(head, t->end.head, sizeof(head)) != 0) {
		t->bad_seq = from->seq;
		return false;
	}
	memcpy(t->head, head, sizeof(head));
	t->records++;
	s->n++;
	return true;
}

static void answer_verdict(struct verify_task *t)
{
	Suandian__V1__AuditVerdict body = SUANDIAN__V1__AUDIT_VERDICT__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.ok = t->bad_seq == 0;
	body.records = t->records;
	body.head.data = t->head;
	body.head.len = sizeof(t->head);
	body.bad_seq = t->bad_seq;
	body.text = t->cut	 ? "the chain was cut: this record and those after it are gone"
		    : t->bad_seq ? "the chain breaks at this record"
				 : "the chain is whole";
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_AUDIT_VERDICT;
	env.audit_verdict = &body;
	reply(t->task.session, t->task.id, &env);
}

static int step_verify(struct task *task, struct refusal *r)
{
	struct verify_task *t = container_of(task, struct verify_task, task);
	struct slice s = {.task = t};
	int rc = engine_read_audit(t->task.session->core->engine, t->records + 1, VERIFY_SLICE,
				   verify_record, &s);

	if (rc == 0 && s.failed)
		rc = -ENOMEM;
	if (rc < 0)
		return refuse(r, rc, "", "%s", err_text(rc));
	if (t->bad_seq == 0 && s.n == VERIFY_SLICE)
		return TASK_MORE;
	if (t->bad_seq == 0 && t->records < t->end.seq) {
		t->cut = true;
		t->bad_seq = t->records + 1;
	}
	answer_verdict(t);
	return 0;
}

int handle_verify_audit(struct request *r)
{
	struct verify_task *t;
	struct task *task;
	int rc = task_new(r, sizeof(*t), step_verify, &task);

	if (rc < 0)
		return rc;
	t = container_of(task, struct verify_task, task);
	sha256(AUDIT_CHAIN_SEED, strlen(AUDIT_CHAIN_SEED), t->head);
	engine_audit_end(r->session->core->engine, &t->end);
	return 0;
}
