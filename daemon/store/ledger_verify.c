#include <string.h>

#include "store/key.h"
#include "store/ledger_priv.h"
#include "store/txn.h"

/* Records between two renewals of the read transaction, so that the walk never pins pages for long. */
#define CHUNK 1000
#define RECORD_MEMORY ((size_t)64 << 20)

struct chain {
	struct arena arena;
	uint64_t seq; /* of the last good record */
	uint8_t head[32];
	bool has_meta;
	struct ledger_meta meta; /* as it was when the walk began */
	uint64_t bad_seq;
	const char *why;
};

static void break_at(struct chain *c, uint64_t seq, const char *why)
{
	if (c->bad_seq == 0) {
		c->bad_seq = seq;
		c->why = why;
	}
}

static int read_meta(struct txn *t, struct chain *c)
{
	uint8_t key[8] = {0};
	struct record row = {.key = key, .key_len = sizeof(key)};
	struct ledger_op op;
	int r;

	if (!txn_get(t, LEDGER_META, &row))
		return t->err;
	r = record_decode(LEDGER_META, &row, &c->arena, &op);
	if (r)
		return r;
	c->meta = *op.meta;
	c->has_meta = true;
	return 0;
}

static void check_link(struct chain *c, const struct record *row)
{
	uint64_t want = c->seq + 1;
	uint8_t hash[32];
	struct ledger_op op;

	arena_reset(&c->arena);
	if (record_decode(LEDGER_AUDIT, row, &c->arena, &op) != 0) {
		break_at(c, want, "cannot be read");
		return;
	}
	if (op.audit->seq != want) {
		break_at(c, want, "is missing");
		return;
	}
	audit_next(c->head, want, op.audit->body, op.audit->len, hash);
	if (memcmp(hash, op.audit->hash, sizeof(hash)) != 0) {
		break_at(c, want, "does not fit its hash");
		return;
	}
	if (c->has_meta && c->meta.audit_seq == want &&
	    memcmp(hash, c->meta.audit_head, sizeof(hash)) != 0) {
		break_at(c, want, "differs from the head that was noted");
		return;
	}
	memcpy(c->head, hash, sizeof(hash));
	c->seq = want;
}

/* Up to CHUNK records; *ret_more: there may be others. */
static int check_chunk(struct ledger *l, struct chain *c, bool is_first, bool *ret_more)
{
	uint8_t key[8];
	struct record row;
	struct txn t;
	struct scan s;
	unsigned n = 0;
	int r = 0;

	txn_begin(&t, l->env, TXN_READ);
	if (is_first && t.err == 0)
		r = read_meta(&t, c);
	scan_open(&s, &t, LEDGER_AUDIT);
	key_put_u64(key, is_first ? 0 : c->seq + 1);
	bool found = r == 0 && scan_seek(&s, key, sizeof(key), &row);
	for (; found && n < CHUNK && c->bad_seq == 0; n++) {
		check_link(c, &row);
		found = scan_next(&s, &row);
	}
	scan_close(&s);
	r = r ? r : t.err;
	txn_abort(&t);
	*ret_more = found && c->bad_seq == 0;
	return r;
}

int ledger_verify(struct ledger *l, struct ledger_verdict *ret, struct fault *f)
{
	struct chain c = {0};
	bool more = true;
	int r = 0;

	arena_init(&c.arena, RECORD_MEMORY);
	audit_first(c.head);
	for (bool is_first = true; r == 0 && more; is_first = false)
		r = check_chunk(l, &c, is_first, &more);
	arena_fini(&c.arena);
	if (r)
		return fault_set(f, r, "ledger: %s", err_text(r));
	if (c.has_meta && c.seq < c.meta.audit_seq)
		break_at(&c, c.seq + 1, "is missing at the end");
	if (c.bad_seq)
		(void)fault_set(f, ERR_CORRUPT, "audit record %llu %s",
				(unsigned long long)c.bad_seq, c.why);
	ret->records = c.seq;
	ret->bad_seq = c.bad_seq;
	memcpy(ret->head, c.head, sizeof(ret->head));
	return 0;
}
