#include "store/txn.h"

#include "base/require.h"
#include "store/env_priv.h"

static void fail(struct txn *t, int rc)
{
	if (t->err == 0)
		t->err = env_code(rc);
}

void txn_begin(struct txn *t, struct env *env, enum txn_mode mode)
{
	MDB_txn *mdb = NULL;
	int rc;

	*t = (struct txn){.env = env};
	if (!env->mdb) {
		t->err = ERR_STORE;
		return;
	}
	rc = mdb_txn_begin(env->mdb, NULL, mode == TXN_READ ? MDB_RDONLY : 0, &mdb);
	if (rc == MDB_READERS_FULL) {
		int dead;

		(void)mdb_reader_check(env->mdb, &dead);
		rc = mdb_txn_begin(env->mdb, NULL, mode == TXN_READ ? MDB_RDONLY : 0, &mdb);
	}
	if (rc)
		fail(t, rc);
	else
		t->mdb = mdb;
}

void txn_abort(struct txn *t)
{
	if (t->mdb)
		mdb_txn_abort(t->mdb);
	t->mdb = NULL;
}

/* The handle is dead after a commit, a failed one too: it is forgotten before the result is looked at. */
int txn_commit(struct txn *t)
{
	MDB_txn *mdb = t->mdb;

	if (t->err) {
		txn_abort(t);
		return t->err;
	}
	REQUIRE(mdb != NULL);
	t->mdb = NULL;
	int rc = mdb_txn_commit(mdb);
	if (rc)
		fail(t, rc);
	return t->err;
}

bool txn_get(struct txn *t, unsigned table, struct record *row)
{
	MDB_val key = {.mv_size = row->key_len, .mv_data = (void *)(uintptr_t)row->key};
	MDB_val value;

	if (t->err)
		return false;
	int rc = mdb_get(t->mdb, t->env->tables[table], &key, &value);
	if (rc == 0) {
		row->value = value.mv_data;
		row->len = value.mv_size;
	} else if (rc != MDB_NOTFOUND) {
		fail(t, rc);
	}
	return rc == 0;
}

static void put(struct txn *t, unsigned table, const struct record *row, unsigned flags)
{
	MDB_val key = {.mv_size = row->key_len, .mv_data = (void *)(uintptr_t)row->key};
	MDB_val value = {.mv_size = row->len, .mv_data = (void *)(uintptr_t)row->value};

	if (t->err)
		return;
	int rc = mdb_put(t->mdb, t->env->tables[table], &key, &value, flags);
	if (rc)
		fail(t, rc);
}

void txn_put(struct txn *t, unsigned table, const struct record *row)
{
	put(t, table, row, 0);
}

void txn_append(struct txn *t, unsigned table, const struct record *row)
{
	put(t, table, row, MDB_APPEND);
}

void txn_erase(struct txn *t, unsigned table, const struct record *row)
{
	MDB_val key = {.mv_size = row->key_len, .mv_data = (void *)(uintptr_t)row->key};

	if (t->err)
		return;
	int rc = mdb_del(t->mdb, t->env->tables[table], &key, NULL);
	if (rc && rc != MDB_NOTFOUND)
		fail(t, rc);
}

void scan_open(struct scan *s, struct txn *t, unsigned table)
{
	MDB_cursor *cursor = NULL;

	*s = (struct scan){.txn = t};
	if (t->err)
		return;
	int rc = mdb_cursor_open(t->mdb, t->env->tables[table], &cursor);
	if (rc)
		fail(t, rc);
	s->cursor = cursor;
}

void scan_close(struct scan *s)
{
	if (s->cursor)
		mdb_cursor_close(s->cursor);
	s->cursor = NULL;
}

static bool move(struct scan *s, MDB_cursor_op op, MDB_val *key, struct record *ret)
{
	MDB_val value;

	if (s->txn->err)
		return false;
	int rc = mdb_cursor_get(s->cursor, key, &value, op);
	if (rc) {
		if (rc != MDB_NOTFOUND)
			fail(s->txn, rc);
		return false;
	}
	*ret = (struct record){.key = key->mv_data,
			       .key_len = key->mv_size,
			       .value = value.mv_data,
			       .len = value.mv_size};
	return true;
}

bool scan_seek(struct scan *s, const uint8_t *key, size_t key_len, struct record *ret)
{
	MDB_val k = {.mv_size = key_len, .mv_data = (void *)(uintptr_t)key};

	return move(s, MDB_SET_RANGE, &k, ret);
}

bool scan_next(struct scan *s, struct record *ret)
{
	MDB_val k;

	return move(s, MDB_NEXT, &k, ret);
}

bool scan_last(struct scan *s, struct record *ret)
{
	MDB_val k;

	return move(s, MDB_LAST, &k, ret);
}

/* After mdb_cursor_del the cursor stands on the row that follows, and the next MDB_NEXT returns it. */
void scan_delete(struct scan *s)
{
	if (s->txn->err)
		return;
	int rc = mdb_cursor_del(s->cursor, 0);
	if (rc)
		fail(s->txn, rc);
}
