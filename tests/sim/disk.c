#include "simtest/disk.h"

#include <stdlib.h>
#include <string.h>

#include "base/require.h"

#define DECODE_CAP ((size_t)64 << 20)

void disk_init(struct disk *d)
{
	*d = (struct disk){0};
}

static void free_table(struct disk_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].value);
	free(t->rows);
	*t = (struct disk_table){0};
}

static void free_series(struct disk *d)
{
	for (size_t i = 0; i < d->n_series; i++)
		free(d->series[i].at);
	free(d->series);
	d->series = NULL;
	d->n_series = 0;
}

void disk_fini(struct disk *d)
{
	for (int k = 0; k < LEDGER_KINDS; k++)
		free_table(&d->ledger[k]);
	free_table(&d->journal);
	free(d->flushed);
	free_series(d);
}

/* ---- tables ---- */

static int compare(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
	int r = memcmp(a, b, na < nb ? na : nb);

	return r ? r : na < nb ? -1 : na > nb;
}

/* The first row not below the key. */
static size_t lower_bound(const struct disk_table *t, const uint8_t *key, size_t n)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare(t->rows[mid].key, t->rows[mid].key_len, key, n) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void erase_row(struct disk_table *t, const struct disk_row *row)
{
	size_t at = lower_bound(t, row->key, row->key_len);

	free(row->value);
	if (at == t->n ||
	    compare(t->rows[at].key, t->rows[at].key_len, row->key, row->key_len) != 0)
		return;
	free(t->rows[at].value);
	t->n--;
	memmove(&t->rows[at], &t->rows[at + 1], (t->n - at) * sizeof(*t->rows));
}

/* Takes the row's value. */
static void put_row(struct disk_table *t, const struct disk_row *row)
{
	size_t at = lower_bound(t, row->key, row->key_len);

	if (at < t->n &&
	    compare(t->rows[at].key, t->rows[at].key_len, row->key, row->key_len) == 0) {
		free(t->rows[at].value);
		t->rows[at] = *row;
		return;
	}
	if (t->n == t->size) {
		t->size = t->size ? 2 * t->size : 64;
		t->rows = realloc(t->rows, t->size * sizeof(*t->rows));
		REQUIRE(t->rows);
	}
	memmove(&t->rows[at + 1], &t->rows[at], (t->n - at) * sizeof(*t->rows));
	t->rows[at] = *row;
	t->n++;
}

static uint8_t *copy(const struct buf *b)
{
	size_t n = buf_avail(b);
	uint8_t *p = malloc(n ? n : 1);

	REQUIRE(p);
	memcpy(p, buf_peek(b), n);
	return p;
}

/* ---- writes ---- */

struct disk_write *disk_write_ops(const struct ledger_op *ops, size_t n, uint64_t token)
{
	struct disk_write *w = calloc(1, sizeof(*w));

	REQUIRE(w);
	w->token = token;
	w->n = n;
	w->kinds = calloc(n, sizeof(*w->kinds));
	w->rows = calloc(n, sizeof(*w->rows));
	REQUIRE(w->kinds && w->rows);
	for (size_t i = 0; i < n; i++) {
		struct buf value;

		buf_init(&value, 0);
		REQUIRE(record_encode(&ops[i], w->rows[i].key, &w->rows[i].key_len, &value) == 0);
		w->kinds[i] = ops[i].kind;
		w->rows[i].len = buf_avail(&value);
		w->rows[i].value = copy(&value);
		buf_fini(&value);
	}
	return w;
}

static struct disk_series *series_of(struct disk *d, uint32_t point)
{
	if (point >= d->n_series) {
		size_t n = point + 16;

		d->series = realloc(d->series, n * sizeof(*d->series));
		REQUIRE(d->series);
		memset(d->series + d->n_series, 0, (n - d->n_series) * sizeof(*d->series));
		d->n_series = n;
	}
	return &d->series[point];
}

static size_t find_time(const struct disk_series *s, int64_t t_ms)
{
	size_t lo = 0, hi = s->n;

	if (s->n && s->at[s->n - 1].t_ms < t_ms)
		return s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->at[mid].t_ms < t_ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void claim(struct disk_series *s, const struct disk_claim *c)
{
	size_t at = find_time(s, c->t_ms);

	if (at < s->n && s->at[at].t_ms == c->t_ms) {
		if (sample_replaces(&s->at[at].claim, &c->claim))
			s->at[at] = *c;
		return;
	}
	if (s->n == s->size) {
		s->size = s->size ? 2 * s->size : 256;
		s->at = realloc(s->at, s->size * sizeof(*s->at));
		REQUIRE(s->at);
	}
	memmove(&s->at[at + 1], &s->at[at], (s->n - at) * sizeof(*s->at));
	s->at[at] = *c;
	s->n++;
}

static void claim_batch(struct disk *d, const struct sample_batch *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		struct disk_claim c = {.t_ms = b->t_ms[i],
				       .claim = {.value = b->value[i],
						 .quality = (enum quality)b->quality[i],
						 .correction = b->correction,
						 .epoch = b->epoch,
						 .seq = b->seq}};

		claim(series_of(d, b->point[i]), &c);
	}
}

struct disk_write *disk_write_batch(struct disk *d, const struct sample_batch *b, uint64_t token)
{
	struct disk_write *w = calloc(1, sizeof(*w));

	REQUIRE(w);
	w->token = token;
	w->is_batch = true;
	memcpy(w->id.source, b->source, sizeof(w->id.source));
	w->id.epoch = b->epoch;
	w->id.seq = b->seq;
	buf_init(&w->bytes, 0);
	REQUIRE(record_encode_batch(b, &w->bytes) == 0);
	claim_batch(d, b);
	return w;
}

static void free_write(struct disk_write *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->rows[i].value);
	free(w->rows);
	free(w->kinds);
	buf_fini(&w->bytes);
	free(w);
}

void disk_lose(struct disk_write *w)
{
	free_write(w);
}

void disk_flush(struct disk *d, struct disk_write *w)
{
	struct disk_row row = {.key_len = 8};

	for (size_t i = 0; i < w->n; i++) {
		if (record_is_erasure(w->kinds[i], w->rows[i].len))
			erase_row(&d->ledger[w->kinds[i]], &w->rows[i]);
		else
			put_row(&d->ledger[w->kinds[i]], &w->rows[i]);
		w->rows[i].value = NULL;
	}
	if (w->is_batch) {
		if (d->flushes == d->flushed_size) {
			d->flushed_size = d->flushed_size ? 2 * d->flushed_size : 256;
			d->flushed = realloc(d->flushed, d->flushed_size * sizeof(*d->flushed));
			REQUIRE(d->flushed);
		}
		d->flushed[d->flushes++] = w->id;
		for (int i = 0; i < 8; i++)
			row.key[i] = (uint8_t)(d->flushes >> (56 - 8 * i));
		row.len = buf_avail(&w->bytes);
		row.value = copy(&w->bytes);
		put_row(&d->journal, &row);
	}
	free_write(w);
}

/* ---- reads ---- */

static void each_batch(const struct disk *d, void (*visit)(void *arg, const struct sample_batch *b),
		       void *arg)
{
	struct arena a;

	arena_init(&a, DECODE_CAP);
	for (size_t i = 0; i < d->journal.n; i++) {
		struct sample_batch b;

		arena_reset(&a);
		REQUIRE(record_decode_batch(d->journal.rows[i].value, d->journal.rows[i].len, &a,
					    &b) == 0);
		visit(arg, &b);
	}
	arena_fini(&a);
}

static void replay_one(void *arg, const struct sample_batch *b)
{
	claim_batch(arg, b);
}

void disk_replay(struct disk *d)
{
	free_series(d);
	each_batch(d, replay_one, d);
}

int disk_scan(const struct disk *d, enum ledger_kind kind, uint64_t from_key,
	      bool (*visit)(void *arg, const struct ledger_op *op), void *arg)
{
	const struct disk_table *t = &d->ledger[kind];
	uint8_t key[16];
	size_t n = record_scan_key(kind, from_key, key);
	bool more = true;
	struct arena a;
	int r = 0;

	arena_init(&a, DECODE_CAP);
	for (size_t i = lower_bound(t, key, n); more && r == 0 && i < t->n; i++) {
		const struct disk_row *row = &t->rows[i];
		struct record raw = {.key = row->key,
				     .key_len = row->key_len,
				     .value = row->value,
				     .len = row->len};
		struct ledger_op op;

		arena_reset(&a);
		r = record_decode(kind, &raw, &a, &op);
		if (r == 0)
			more = visit(arg, &op);
	}
	arena_fini(&a);
	return r;
}

static struct sample sample_of(const struct disk_claim *c)
{
	return (struct sample){
		.t_ms = c->t_ms, .value = c->claim.value, .quality = c->claim.quality};
}

int disk_range(const struct disk *d, uint32_t point, int64_t from_ms, int64_t to_ms,
	       bool (*visit)(void *arg, const struct sample *s), void *arg)
{
	const struct disk_series *s = point < d->n_series ? &d->series[point] : NULL;

	for (size_t i = s ? find_time(s, from_ms) : 0; s && i < s->n && s->at[i].t_ms < to_ms;
	     i++) {
		struct sample x = sample_of(&s->at[i]);

		if (!visit(arg, &x))
			break;
	}
	return 0;
}

int disk_recent(const struct disk *d, int64_t since_ms,
		bool (*visit)(void *arg, uint32_t point, const struct sample *s), void *arg)
{
	for (size_t p = 0; p < d->n_series; p++) {
		const struct disk_series *s = &d->series[p];

		for (size_t i = find_time(s, since_ms); i < s->n; i++) {
			struct sample x = sample_of(&s->at[i]);

			if (!visit(arg, (uint32_t)p, &x))
				return 0;
		}
	}
	return 0;
}

struct cursor {
	char source[NAME_MAX_B];
	uint64_t epoch, seq;
};

struct cursors {
	size_t n;
	struct cursor at[64];
};

static void note_cursor(void *arg, const struct sample_batch *b)
{
	struct cursors *c = arg;
	size_t i = 0;

	while (i < c->n && strcmp(c->at[i].source, b->source) != 0)
		i++;
	REQUIRE(i < ARRAY_SIZE(c->at));
	if (i == c->n) {
		memcpy(c->at[c->n++].source, b->source, sizeof(b->source));
		c->at[i].epoch = b->epoch;
		c->at[i].seq = b->seq;
	} else if (b->epoch > c->at[i].epoch ||
		   (b->epoch == c->at[i].epoch && b->seq > c->at[i].seq)) {
		c->at[i].epoch = b->epoch;
		c->at[i].seq = b->seq;
	}
}

int disk_cursors(const struct disk *d,
		 void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		 void *arg)
{
	struct cursors c = {.n = 0};

	each_batch(d, note_cursor, &c);
	for (size_t i = 0; i < c.n; i++)
		visit(arg, c.at[i].source, c.at[i].epoch, c.at[i].seq);
	return 0;
}

int disk_count_batch(const struct disk *d, const char *source, uint64_t epoch, uint64_t seq)
{
	int n = 0;

	for (uint64_t i = 0; i < d->flushes; i++)
		n += d->flushed[i].epoch == epoch && d->flushed[i].seq == seq &&
		     strcmp(d->flushed[i].source, source) == 0;
	return n;
}

struct chain {
	uint64_t n;
	uint8_t head[32];
	bool ok;
};

static bool follow_chain(void *arg, const struct ledger_op *op)
{
	struct chain *c = arg;
	uint8_t next[32];

	c->n++;
	audit_next(c->head, op->audit->seq, op->audit->body, op->audit->len, next);
	c->ok = op->audit->seq == c->n && memcmp(next, op->audit->hash, sizeof(next)) == 0;
	memcpy(c->head, next, sizeof(next));
	return c->ok;
}

bool disk_verify_audit(const struct disk *d, uint64_t *ret_records, uint8_t ret_head[32])
{
	struct chain c = {.ok = true};

	audit_first(c.head);
	if (disk_scan(d, LEDGER_AUDIT, 1, follow_chain, &c))
		return false;
	*ret_records = c.n;
	memcpy(ret_head, c.head, sizeof(c.head));
	return c.ok;
}
