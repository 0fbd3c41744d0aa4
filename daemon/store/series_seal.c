#include <stdlib.h>

#include "store/env.h"
#include "store/key.h"
#include "store/record_priv.h"
#include "store/series_priv.h"
#include "store/txn.h"

/* Old tiles deleted by one seal: more than one makes, so that retention keeps up. */
#define DROP_MAX 4096

struct seal {
	struct txn txn;
	const struct mem *mem;
	struct tile_writer writer;
	struct buf value;
	struct block_row *rows; /* of one group, point by point, ascending in time */
	size_t size_rows;
	size_t start[TILE_POINTS + 1],
		at[TILE_POINTS]; /* of each point in rows; how far it is written */
	struct series_sealed sealed;
};

static int compare_rows(const void *a, const void *b)
{
	const struct block_row *x = a, *y = b;

	if (x->t_ms != y->t_ms)
		return x->t_ms < y->t_ms ? -1 : 1;
	if (x->claim != y->claim)
		return x->claim < y->claim ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* All rows of a group, sorted. */
static int load_group(struct seal *s, const struct mem_group *g)
{
	size_t total = 0;

	for (unsigned i = 0; i < TILE_POINTS; i++) {
		s->start[i] = s->at[i] = total;
		total += g->series[i].n;
	}
	s->start[TILE_POINTS] = total;
	if (total > s->size_rows) {
		struct block_row *rows = reallocarray(s->rows, total, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		s->rows = rows;
		s->size_rows = total;
	}
	for (unsigned i = 0; i < TILE_POINTS; i++) {
		const struct mem_series *series = &g->series[i];
		struct block_row *rows = s->rows + s->start[i];

		for (uint32_t k = 0; k < series->n; k++) {
			const struct mem_entry *e = &series->at[k];
			const struct mem_batch *b = &s->mem->batches[e->batch];

			rows[k] = (struct block_row){.t_ms = e->t_ms,
						     .value = e->value,
						     .seq = b->seq,
						     .claim = b->claim,
						     .quality = e->quality};
		}
		if (series->is_unsorted)
			qsort(rows, series->n, sizeof(*rows), compare_rows);
	}
	return 0;
}

/* The earliest window with rows that are not written yet. */
static bool next_window(const struct seal *s, int64_t *ret)
{
	bool found = false;

	for (unsigned i = 0; i < TILE_POINTS; i++) {
		if (s->at[i] == s->start[i + 1])
			continue;
		int64_t w = tile_window(s->rows[s->at[i]].t_ms);
		if (!found || w < *ret)
			*ret = w;
		found = true;
	}
	return found;
}

static int fill_tile(struct seal *s, int64_t window_ms)
{
	for (unsigned i = 0; i < TILE_POINTS; i++) {
		size_t from = s->at[i], to = from;

		while (to < s->start[i + 1] && s->rows[to].t_ms - window_ms < TILE_WINDOW_MS)
			to++;
		s->at[i] = to;
		if (to > from &&
		    tile_writer_add(&s->writer, i, window_ms, s->rows + from, to - from) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int write_tile(struct seal *s, const struct tile_key *at)
{
	uint8_t key[TILE_KEY];
	uint64_t rows = s->writer.n_rows;

	buf_reset(&s->value);
	if (tile_writer_finish(&s->writer, &s->value) != 0)
		return -ENOMEM;
	struct record row = {.key = key,
			     .key_len = sizeof(key),
			     .value = buf_peek(&s->value),
			     .len = buf_avail(&s->value)};
	tile_key_put(at, key);
	txn_put(&s->txn, SERIES_TILE, &row);
	s->sealed.tiles++;
	s->sealed.rows += rows;
	s->sealed.bytes += sizeof(key) + row.len;
	return 0;
}

static int seal_group(struct seal *s, const struct mem_group *g)
{
	struct tile_key at = {.group = g->group, .part = s->mem->last_group};
	int r = load_group(s, g);

	while (r == 0 && next_window(s, &at.window_ms)) {
		r = fill_tile(s, at.window_ms);
		if (r == 0)
			r = write_tile(s, &at);
	}
	return r;
}

static int seal_groups(struct seal *s)
{
	struct mem_group *g;
	size_t at = 0;
	int r = 0;

	while (r == 0 && (g = map_next(&s->mem->groups, &at, NULL, NULL)))
		r = seal_group(s, g);
	return r;
}

static int put_cursors(struct seal *s)
{
	for (size_t i = 0; i < s->mem->n_cursors; i++) {
		const struct mem_cursor *c = &s->mem->cursors[i];
		Suandian__Store__V1__Cursor m = SUANDIAN__STORE__V1__CURSOR__INIT;
		uint8_t key[4];

		m.source = record_text(c->name);
		m.epoch = c->epoch;
		m.seq = c->seq;
		buf_reset(&s->value);
		if (record_pack(&m.base, &s->value) != 0)
			return -ENOMEM;
		key_put_u32(key, c->source);
		txn_put(&s->txn, SERIES_CURSOR,
			&(struct record){.key = key,
					 .key_len = sizeof(key),
					 .value = buf_peek(&s->value),
					 .len = buf_avail(&s->value)});
	}
	return 0;
}

static void put_watermark(struct seal *s)
{
	uint8_t value[8];

	key_put_u64(value, s->mem->last_group);
	txn_put(&s->txn, SERIES_META,
		&(struct record){.key = (const uint8_t *)SERIES_WATERMARK,
				 .key_len = sizeof(SERIES_WATERMARK) - 1,
				 .value = value,
				 .len = sizeof(value)});
}

static void drop_old(struct seal *s, int64_t keep_from_ms)
{
	struct tile_key at = {.window_ms = INT64_MIN}, found;
	uint8_t key[TILE_KEY];
	struct record row;
	struct scan scan;

	tile_key_put(&at, key);
	scan_open(&scan, &s->txn, SERIES_TILE);
	bool more = scan_seek(&scan, key, sizeof(key), &row);
	while (more && s->sealed.dropped < DROP_MAX && tile_key_get(row.key, row.key_len, &found) &&
	       found.window_ms < keep_from_ms - TILE_WINDOW_MS) {
		scan_delete(&scan);
		s->sealed.dropped++;
		more = scan_next(&scan, &row);
	}
	scan_close(&scan);
}

int series_seal(struct env *env, const struct mem *m, int64_t keep_from_ms,
		struct series_sealed *ret)
{
	struct seal *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->mem = m;
	buf_init(&s->value, 0);
	r = tile_writer_init(&s->writer, m->claims, m->n_claims);
	txn_begin(&s->txn, env, TXN_WRITE);
	if (r == 0 && s->txn.err == 0)
		r = seal_groups(s);
	if (r == 0)
		r = put_cursors(s);
	if (r == 0) {
		put_watermark(s);
		if (keep_from_ms != INT64_MIN)
			drop_old(s, keep_from_ms);
		r = txn_commit(&s->txn);
	} else {
		txn_abort(&s->txn);
	}
	if (r == 0)
		*ret = s->sealed;
	tile_writer_fini(&s->writer);
	buf_fini(&s->value);
	free(s->rows);
	free(s);
	return r;
}
