#include <stdlib.h>

#include "store/ledger_priv.h"
#include "store/puts.h"
#include "store/txn.h"

/* Memory that one record may take when it is read. */
#define RECORD_MEMORY ((size_t)256 << 20)

static int compare_keys(const struct record *a, const struct record *b)
{
	size_t n = a->key_len < b->key_len ? a->key_len : b->key_len;
	int r = memcmp(a->key, b->key, n);

	return r ? r : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

/* ---- What is submitted and not yet known to be committed ------------------------------------------- */

struct pending {
	struct record *rows; /* ascending, one per key: the last submitted; into the batches */
	size_t n, size;
};

static int pending_add(struct pending *p, const struct record *row)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_keys(&p->rows[mid], row) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < p->n && compare_keys(&p->rows[lo], row) == 0) {
		p->rows[lo] = *row;
		return 0;
	}
	if (p->n == p->size) {
		size_t size = p->size ? 2 * p->size : 16;
		struct record *rows = reallocarray(p->rows, size, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		p->rows = rows;
		p->size = size;
	}
	memmove(&p->rows[lo + 1], &p->rows[lo], (p->n - lo) * sizeof(*row));
	p->rows[lo] = *row;
	p->n++;
	return 0;
}

static int pending_collect(struct pending *p, const struct list *batches, enum ledger_kind kind,
			   const struct record *from)
{
	list_foreach(it, batches)
	{
		const struct ledger_batch *b = list_entry(it, struct ledger_batch, node);
		enum ledger_kind k;
		struct record row;
		size_t at = 0;

		while (puts_next(&b->puts, &at, &k, &row)) {
			if (k == kind && compare_keys(&row, from) >= 0 && pending_add(p, &row) != 0)
				return -ENOMEM;
		}
	}
	return 0;
}

/* ---- Both in order ------------------------------------------------------------------------------------ */

/* Copies of the rows, so that visit may commit, and so end or free what is pending. */
static int pending_keep(struct pending *p, struct buf *bytes)
{
	for (size_t i = 0; i < p->n; i++) {
		(void)buf_append(bytes, p->rows[i].key, p->rows[i].key_len);
		(void)buf_append(bytes, p->rows[i].value, p->rows[i].len);
	}
	if (bytes->err)
		return -ENOMEM;
	const uint8_t *at = buf_peek(bytes);
	for (size_t i = 0; i < p->n; i++) {
		p->rows[i].key = at;
		p->rows[i].value = at + p->rows[i].key_len;
		at += p->rows[i].key_len + p->rows[i].len;
	}
	return 0;
}

struct walk {
	enum ledger_kind kind;
	bool (*visit)(void *arg, const struct ledger_op *op);
	void *arg;
	struct arena arena;
};

/* 0: go on; 1: visit has had enough; else an error. */
static int show(struct walk *w, const struct record *row)
{
	struct ledger_op op;
	int r;

	if (record_is_erasure(w->kind, row->len))
		return 0;
	arena_reset(&w->arena);
	r = record_decode(w->kind, row, &w->arena, &op);
	return r ? r : !w->visit(w->arg, &op);
}

static int merge(struct walk *w, struct scan *s, const struct record *from, const struct pending *p)
{
	struct record row;
	bool found = scan_seek(s, from->key, from->key_len, &row);
	size_t i = 0;
	int r = 0;

	while (r == 0 && (found || i < p->n)) {
		int order = !found ? 1 : i == p->n ? -1 : compare_keys(&row, &p->rows[i]);

		r = order < 0 ? show(w, &row) : show(w, &p->rows[i++]);
		if (order <= 0 && r == 0)
			found = scan_next(s, &row);
	}
	return r;
}

int ledger_scan(struct ledger *l, enum ledger_kind kind, uint64_t from_key,
		bool (*visit)(void *arg, const struct ledger_op *op), void *arg)
{
	struct walk w = {.kind = kind, .visit = visit, .arg = arg};
	struct pending p = {0};
	uint8_t key[16];
	struct record from = {.key = key, .key_len = record_scan_key(kind, from_key, key)};
	struct buf bytes;
	struct txn t;
	struct scan s;
	int r;

	buf_init(&bytes, 0);
	arena_init(&w.arena, RECORD_MEMORY);
	r = pending_collect(&p, &l->flight, kind, &from);
	if (r == 0)
		r = pending_collect(&p, &l->queue, kind, &from);
	if (r == 0)
		r = pending_keep(&p, &bytes);
	if (r == 0) {
		txn_begin(&t, l->env, TXN_READ);
		scan_open(&s, &t, (unsigned)kind);
		r = merge(&w, &s, &from, &p);
		scan_close(&s);
		r = r ? r : t.err;
		txn_abort(&t);
	}
	arena_fini(&w.arena);
	buf_fini(&bytes);
	free(p.rows);
	return r > 0 ? 0 : r;
}
