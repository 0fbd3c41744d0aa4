#include "store/tile.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/require.h"
#include "store/key.h"

int64_t tile_window(int64_t t_ms)
{
	int64_t rest = t_ms % TILE_WINDOW_MS;

	return t_ms - (rest < 0 ? rest + TILE_WINDOW_MS : rest);
}

void tile_key_put(const struct tile_key *k, uint8_t out[TILE_KEY])
{
	key_put_u64(key_put_u32(key_put_i64(out, k->window_ms), k->group), k->part);
}

bool tile_key_get(const uint8_t *p, size_t n, struct tile_key *ret)
{
	if (n != TILE_KEY)
		return false;
	ret->window_ms = key_get_i64(p);
	ret->group = key_get_u32(p + 8);
	ret->part = key_get_u64(p + 12);
	return true;
}

/* ---- Writing ----------------------------------------------------------------------------------- */

int tile_writer_init(struct tile_writer *w, const struct tile_claim *claims, size_t n_claims)
{
	*w = (struct tile_writer){.claims = claims, .n_claims = n_claims};
	buf_init(&w->heads, 0);
	buf_init(&w->directory, 0);
	buf_init(&w->blocks, 0);
	w->local = calloc(n_claims + 1, sizeof(*w->local));
	return w->local ? 0 : -ENOMEM;
}

void tile_writer_fini(struct tile_writer *w)
{
	free(w->local);
	w->local = NULL;
	buf_fini(&w->heads);
	buf_fini(&w->directory);
	buf_fini(&w->blocks);
}

static void put_varint(struct buf *out, uint64_t x)
{
	uint8_t bytes[VARINT_MAX];

	(void)buf_append(out, bytes, (size_t)(varint_put(bytes, x) - bytes));
}

/* Numbers within the tile, in the order of first use. */
static uint32_t local_claim(struct tile_writer *w, uint32_t claim)
{
	REQUIRE(claim < w->n_claims);
	if (w->local[claim] == 0) {
		const struct tile_claim *c = &w->claims[claim];

		put_varint(&w->heads, c->source);
		put_varint(&w->heads, c->epoch);
		put_varint(&w->heads, c->correction);
		w->local[claim] = ++w->n_local;
	}
	return w->local[claim] - 1;
}

int tile_writer_add(struct tile_writer *w, unsigned index, int64_t window_ms,
		    struct block_row *rows, size_t n)
{
	size_t before = buf_avail(&w->blocks);
	uint8_t at = (uint8_t)index;

	REQUIRE(index < TILE_POINTS && n > 0);
	for (size_t i = 0; i < n; i++)
		rows[i].claim = local_claim(w, rows[i].claim);
	for (size_t i = 0, step; i < n; i += step) {
		step = n - i < BLOCK_MAX ? n - i : BLOCK_MAX;
		if (block_encode(rows + i, step, window_ms, &w->blocks) != 0)
			return -ENOMEM;
	}
	(void)buf_append(&w->directory, &at, 1);
	put_varint(&w->directory, buf_avail(&w->blocks) - before);
	w->n_points++;
	w->n_rows += n;
	return w->heads.err || w->directory.err ? -ENOMEM : 0;
}

int tile_writer_finish(struct tile_writer *w, struct buf *out)
{
	uint8_t version = TILE_VERSION;

	(void)buf_append(out, &version, 1);
	put_varint(out, w->n_local);
	(void)buf_append(out, buf_peek(&w->heads), buf_avail(&w->heads));
	put_varint(out, w->n_points);
	(void)buf_append(out, buf_peek(&w->directory), buf_avail(&w->directory));
	(void)buf_append(out, buf_peek(&w->blocks), buf_avail(&w->blocks));
	buf_reset(&w->heads);
	buf_reset(&w->directory);
	buf_reset(&w->blocks);
	memset(w->local, 0, w->n_claims * sizeof(*w->local));
	w->n_local = w->n_points = 0;
	w->n_rows = 0;
	return out->err;
}

/* ---- Reading ----------------------------------------------------------------------------------- */

static int read_claims(struct reader *r, struct arena *a, struct tile *t)
{
	uint64_t n = varint_get(r);

	if (r->bad || n > (uint64_t)(r->end - r->p)) /* one takes three bytes at least */
		return ERR_CORRUPT;
	struct tile_claim *claims = ARENA_ARRAY(a, n, struct tile_claim);
	if (!claims)
		return -ENOMEM;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t source = varint_get(r);

		claims[i].epoch = varint_get(r);
		claims[i].correction = varint_get(r) != 0;
		claims[i].source = (uint32_t)source;
		r->bad |= source > UINT32_MAX;
	}
	t->claims = claims;
	t->n_claims = n;
	return r->bad ? ERR_CORRUPT : 0;
}

static int read_directory(struct reader *r, struct tile *t)
{
	size_t sizes[TILE_POINTS] = {0};
	uint64_t n = varint_get(r);
	int last = -1;

	if (r->bad || n > TILE_POINTS)
		return ERR_CORRUPT;
	for (uint64_t i = 0; i < n; i++) {
		int index = byte_get(r);

		sizes[index] = varint_get(r);
		if (r->bad || index <= last || sizes[index] == 0)
			return ERR_CORRUPT;
		last = index;
	}
	for (unsigned i = 0; i < TILE_POINTS; i++) {
		if (sizes[i] > (size_t)(r->end - r->p))
			return ERR_CORRUPT;
		t->points[i] = (struct reader){.p = r->p, .end = r->p + sizes[i]};
		r->p += sizes[i];
	}
	return r->p == r->end ? 0 : ERR_CORRUPT;
}

int tile_open(int64_t window_ms, const uint8_t *value, size_t len, struct arena *a,
	      struct tile *ret)
{
	struct reader r = {.p = value, .end = value + len};
	uint8_t version = byte_get(&r);
	int rc;

	if (r.bad)
		return ERR_CORRUPT;
	if (version != TILE_VERSION)
		return ERR_VERSION;
	ret->window_ms = window_ms;
	rc = read_claims(&r, a, ret);
	return rc ? rc : read_directory(&r, ret);
}

bool tile_has(const struct tile *t, unsigned index)
{
	return t->points[index].p < t->points[index].end;
}

int tile_next(struct tile *t, unsigned index, struct block_row *rows, size_t *ret_n)
{
	size_t n = 0;
	int r;

	if (!tile_has(t, index)) {
		*ret_n = 0;
		return 0;
	}
	r = block_decode(&t->points[index], t->window_ms, rows, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (rows[i].claim >= t->n_claims)
			r = ERR_CORRUPT;
	}
	if (r == 0)
		*ret_n = n;
	return r;
}
