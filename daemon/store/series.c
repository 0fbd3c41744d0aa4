#include "store/series.h"

#include <stdlib.h>

#include "store/env.h"
#include "store/key.h"
#include "store/record_priv.h"
#include "store/series_priv.h"
#include "store/txn.h"

static const char *const tables[] = {
	[SERIES_TILE] = "tile", [SERIES_CURSOR] = "cursor", [SERIES_META] = "meta"};

/* Memory for the claims of one tile, and for one cursor. */
#define TILE_MEMORY ((size_t)64 << 20)
/* Windows read under one read transaction. */
#define RENEW_EVERY 64

int series_open(const char *dir, uint64_t map_bytes, struct env **ret, struct fault *f)
{
	struct env_spec spec = {.name = "series",
				.tables = tables,
				.n_tables = ARRAY_SIZE(tables),
				.map_bytes = map_bytes,
				.lazy = true,
				.schema = 1};

	return env_open(dir, &spec, ret, f);
}

/* ---- Small tables -------------------------------------------------------------------------------------- */

int series_watermark(struct env *env, uint64_t *ret)
{
	struct record row = {.key = (const uint8_t *)SERIES_WATERMARK,
			     .key_len = sizeof(SERIES_WATERMARK) - 1};
	uint64_t watermark = 0;
	struct txn t;
	int r;

	txn_begin(&t, env, TXN_READ);
	if (txn_get(&t, SERIES_META, &row) && row.len == 8)
		watermark = key_get_u64(row.value);
	r = t.err;
	txn_abort(&t);
	if (r == 0)
		*ret = watermark;
	return r;
}

static int read_cursor(const struct record *row, struct arena *a, struct mem_cursor *ret)
{
	ProtobufCMessage *base;
	int r;

	if (row->key_len != 4)
		return ERR_CORRUPT;
	r = record_unpack(&suandian__store__v1__cursor__descriptor, row->value, row->len, a, &base);
	if (r)
		return r;
	const Suandian__Store__V1__Cursor *m = (const Suandian__Store__V1__Cursor *)base;
	ret->source = key_get_u32(row->key);
	ret->epoch = m->epoch;
	ret->seq = m->seq;
	return record_take_text(ret->name, sizeof(ret->name), m->source) ? 0 : ERR_CORRUPT;
}

int series_cursors(struct env *env, int (*visit)(void *arg, const struct mem_cursor *c), void *arg)
{
	const uint8_t first[4] = {0};
	struct mem_cursor cursor;
	struct record row;
	struct arena a;
	struct txn t;
	struct scan s;
	int r = 0;

	arena_init(&a, TILE_MEMORY);
	txn_begin(&t, env, TXN_READ);
	scan_open(&s, &t, SERIES_CURSOR);
	bool found = scan_seek(&s, first, sizeof(first), &row);
	while (r == 0 && found) {
		arena_reset(&a);
		r = read_cursor(&row, &a, &cursor);
		if (r == 0)
			r = visit(arg, &cursor);
		found = scan_next(&s, &row);
	}
	scan_close(&s);
	r = r ? r : t.err;
	txn_abort(&t);
	arena_fini(&a);
	return r;
}

/* ---- Tiles of one point ------------------------------------------------------------------------------- */

struct series_reader {
	struct env *env;
	struct txn txn;
	struct scan scan;
	struct arena arena;
	unsigned windows; /* since the transaction was renewed */
	struct tile tile;
	struct block_row rows[BLOCK_MAX];
};

static void open_txn(struct series_reader *r)
{
	txn_begin(&r->txn, r->env, TXN_READ);
	scan_open(&r->scan, &r->txn, SERIES_TILE);
	r->windows = 0;
}

static void close_txn(struct series_reader *r)
{
	scan_close(&r->scan);
	txn_abort(&r->txn);
}

int series_reader_new(struct env *env, struct series_reader **ret)
{
	struct series_reader *r = malloc(sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->env = env;
	arena_init(&r->arena, TILE_MEMORY);
	open_txn(r);
	*ret = r;
	return 0;
}

void series_reader_free(struct series_reader *r)
{
	if (!r)
		return;
	close_txn(r);
	arena_fini(&r->arena);
	free(r);
}

int series_reader_error(const struct series_reader *r)
{
	return r->txn.err;
}

static bool seek_tile(struct series_reader *r, const struct tile_key *from, struct tile_key *ret,
		      struct record *row)
{
	uint8_t key[TILE_KEY];

	tile_key_put(from, key);
	if (!scan_seek(&r->scan, key, sizeof(key), row))
		return false;
	if (tile_key_get(row->key, row->key_len, ret))
		return true;
	r->txn.err = ERR_CORRUPT;
	return false;
}

bool series_find_window(struct series_reader *r, uint32_t point, int64_t *window_ms, int64_t to_ms)
{
	uint32_t group = point / TILE_POINTS;
	struct tile_key at = {.window_ms = *window_ms, .group = group}, found;
	struct record row;

	if (r->windows++ == RENEW_EVERY && r->txn.err == 0) {
		close_txn(r);
		open_txn(r);
	}
	while (at.window_ms < to_ms && seek_tile(r, &at, &found, &row)) {
		if (found.window_ms >= to_ms)
			return false;
		if (found.group == group) {
			*window_ms = found.window_ms;
			return true;
		}
		/* in this window our group is either yet to come or not there */
		at.window_ms = found.window_ms;
		if (found.group > group)
			at.window_ms += TILE_WINDOW_MS;
	}
	return false;
}

static int collect_tile(struct series_reader *r, unsigned index, int64_t from_ms, int64_t to_ms,
			struct rows *out)
{
	size_t n = 0;
	int rc;

	while ((rc = tile_next(&r->tile, index, r->rows, &n)) == 0 && n > 0) {
		for (size_t i = 0; i < n; i++) {
			const struct block_row *b = &r->rows[i];
			const struct tile_claim *c = &r->tile.claims[b->claim];
			struct row row = {.t_ms = b->t_ms,
					  .value = b->value,
					  .epoch = c->epoch,
					  .seq = b->seq,
					  .source = c->source,
					  .quality = b->quality,
					  .correction = c->correction};

			if (row.t_ms < from_ms || row.t_ms >= to_ms)
				continue;
			if (rows_add(out, &row) != 0)
				return -ENOMEM;
		}
	}
	return rc;
}

int series_collect(struct series_reader *r, uint32_t point, int64_t window_ms, int64_t from_ms,
		   int64_t to_ms, struct rows *out)
{
	struct tile_key at = {.window_ms = window_ms, .group = point / TILE_POINTS}, found;
	struct record row;
	int rc = 0;

	bool more = seek_tile(r, &at, &found, &row);
	while (more && rc == 0 && found.window_ms == window_ms && found.group == at.group) {
		arena_reset(&r->arena);
		rc = tile_open(window_ms, row.value, row.len, &r->arena, &r->tile);
		if (rc == 0)
			rc = collect_tile(r, point % TILE_POINTS, from_ms, to_ms, out);
		more = scan_next(&r->scan, &row);
		if (more && !tile_key_get(row.key, row.key_len, &found))
			rc = ERR_CORRUPT;
	}
	return rc ? rc : r->txn.err;
}

/* ---- Which points ------------------------------------------------------------------------------------- */

static int note_points(struct map *by_group, uint32_t group, const struct tile *tile)
{
	struct series_points *p = map_get_u64(by_group, group);

	if (!p) {
		p = calloc(1, sizeof(*p));
		if (!p)
			return -ENOMEM;
		p->group = group;
		if (map_put_u64(by_group, group, p, NULL) != 0) {
			free(p);
			return -ENOMEM;
		}
	}
	for (unsigned i = 0; i < TILE_POINTS; i++)
		p->has[i] |= tile_has(tile, i);
	return 0;
}

int series_list_points(struct env *env, int64_t from_ms, struct map *by_group)
{
	struct tile_key at = {.window_ms = tile_window(from_ms)}, found;
	struct series_reader *r;
	struct record row;
	int rc = series_reader_new(env, &r);

	if (rc)
		return rc;
	bool more = seek_tile(r, &at, &found, &row);
	while (more && rc == 0) {
		arena_reset(&r->arena);
		rc = tile_open(found.window_ms, row.value, row.len, &r->arena, &r->tile);
		if (rc == 0)
			rc = note_points(by_group, found.group, &r->tile);
		more = scan_next(&r->scan, &row);
		if (more && !tile_key_get(row.key, row.key_len, &found))
			rc = ERR_CORRUPT;
	}
	rc = rc ? rc : r->txn.err;
	series_reader_free(r);
	return rc;
}
