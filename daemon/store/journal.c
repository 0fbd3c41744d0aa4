#include "store/journal.h"

#include <stdlib.h>

#include "model/sample.h"
#include "store/bits.h"
#include "store/env.h"
#include "store/key.h"
#include "store/txn.h"

enum { TABLE_GROUP };
static const char *const tables[] = {"group"};

/* Memory that one batch may take when it is read back. */
#define BATCH_MEMORY ((size_t)256 << 20)

int journal_open(const char *dir, uint64_t map_bytes, struct env **ret, struct fault *f)
{
	struct env_spec spec = {.name = "journal",
				.tables = tables,
				.n_tables = ARRAY_SIZE(tables),
				.map_bytes = map_bytes,
				.schema = 1};

	return env_open(dir, &spec, ret, f);
}

struct journal_group *journal_group_new(uint64_t number)
{
	struct journal_group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	list_init(&g->node);
	g->number = number;
	buf_init(&g->bytes, 0);
	return g;
}

void journal_group_free(struct journal_group *g)
{
	if (!g)
		return;
	buf_fini(&g->bytes);
	free(g->tokens);
	free(g);
}

static int reserve_token(struct journal_group *g)
{
	if (g->n_tokens == g->size_tokens) {
		size_t size = g->size_tokens ? 2 * g->size_tokens : 16;
		uint64_t *tokens = reallocarray(g->tokens, size, sizeof(*tokens));

		if (!tokens)
			return -ENOMEM;
		g->tokens = tokens;
		g->size_tokens = size;
	}
	return 0;
}

int journal_group_add(struct journal_group *g, const struct sample_batch *b, uint64_t token)
{
	uint8_t head[VARINT_MAX];
	size_t before = g->bytes.len;
	struct buf record;
	int r;

	buf_init(&record, 0);
	r = record_encode_batch(b, &record);
	if (r == 0)
		r = reserve_token(g);
	if (r == 0) {
		size_t n = (size_t)(varint_put(head, buf_avail(&record)) - head);

		(void)buf_append(&g->bytes, head, n);
		r = buf_append(&g->bytes, buf_peek(&record), buf_avail(&record));
	}
	buf_fini(&record);
	if (r) {
		g->bytes.len = before;
		g->bytes.err = 0;
		return -ENOMEM;
	}
	g->tokens[g->n_tokens++] = token;
	return 0;
}

static void trim(struct txn *t, uint64_t trim_to, unsigned most)
{
	uint8_t first[8] = {0};
	struct record row;
	struct scan s;

	scan_open(&s, t, TABLE_GROUP);
	bool found = scan_seek(&s, first, sizeof(first), &row);
	for (unsigned n = 0; found && n < most; n++) {
		if (row.key_len != 8 || key_get_u64(row.key) > trim_to)
			break;
		scan_delete(&s);
		found = scan_next(&s, &row);
	}
	scan_close(&s);
}

static uint64_t last_number(struct txn *t)
{
	uint64_t last = 0;
	struct record row;
	struct scan s;

	scan_open(&s, t, TABLE_GROUP);
	if (scan_last(&s, &row) && row.key_len == 8)
		last = key_get_u64(row.key);
	scan_close(&s);
	return last;
}

int journal_write(struct env *env, const struct list *groups, uint64_t trim_to)
{
	unsigned n = 0;
	struct txn t;

	txn_begin(&t, env, TXN_WRITE);
	uint64_t last = last_number(&t);
	list_foreach(it, groups)
	{
		const struct journal_group *g = list_entry(it, struct journal_group, node);
		uint8_t key[8];
		struct record row = {.key = key,
				     .key_len = sizeof(key),
				     .value = buf_peek(&g->bytes),
				     .len = buf_avail(&g->bytes)};

		key_put_u64(key, g->number);
		if (g->number > last)
			txn_append(&t, TABLE_GROUP, &row);
		else
			txn_put(&t, TABLE_GROUP, &row);
		n++;
	}
	trim(&t, trim_to, 2 * n);
	return txn_commit(&t);
}

struct replay {
	int (*visit)(void *arg, uint64_t group, const struct sample_batch *b);
	void *arg;
};

static int replay_group(const struct replay *p, uint64_t number, const struct record *row)
{
	struct reader r = {.p = row->value, .end = row->value + row->len};
	struct arena a;
	int rc = 0;

	arena_init(&a, BATCH_MEMORY);
	while (rc == 0 && r.p < r.end) {
		uint64_t len = varint_get(&r);
		struct sample_batch b;

		if (r.bad || len > (uint64_t)(r.end - r.p)) {
			rc = ERR_CORRUPT;
			break;
		}
		rc = record_decode_batch(r.p, len, &a, &b);
		if (rc == 0)
			rc = p->visit(p->arg, number, &b);
		r.p += len;
		arena_reset(&a);
	}
	arena_fini(&a);
	return rc;
}

int journal_replay(struct env *env, uint64_t above,
		   int (*visit)(void *arg, uint64_t group, const struct sample_batch *b), void *arg,
		   uint64_t *ret_last)
{
	struct replay p = {visit, arg};
	uint64_t last = 0;
	struct record row;
	struct txn t;
	struct scan s;
	uint8_t from[8] = {0};
	int rc = 0;

	txn_begin(&t, env, TXN_READ);
	scan_open(&s, &t, TABLE_GROUP);
	bool found = scan_seek(&s, from, sizeof(from), &row);
	while (rc == 0 && found) {
		if (row.key_len != 8) {
			rc = ERR_CORRUPT;
			break;
		}
		last = key_get_u64(row.key);
		if (last > above)
			rc = replay_group(&p, last, &row);
		found = scan_next(&s, &row);
	}
	scan_close(&s);
	if (rc == 0)
		rc = t.err;
	txn_abort(&t);
	if (rc == 0)
		*ret_last = last;
	return rc;
}
