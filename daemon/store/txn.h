/* Transactions with a sticky error: after the first failure every call does nothing, so that the work reads as a
 * straight line and is judged once, at txn_commit().
 *
 * Rows point into the map: they are valid until the next write of the transaction or its end, and are copied by
 * whoever keeps them. A transaction belongs to one thread; a read transaction ends inside the callback that began
 * it, for while it is open no page that it can see is used again. */
#pragma once

#include "base/err.h"
#include "store/record.h"

struct env;

struct txn {
	struct env *env;
	void *mdb; /* NULL once ended */
	int err;   /* the first failure */
};

enum txn_mode { TXN_READ, TXN_WRITE };

/* Always to be ended by txn_commit() or txn_abort(). Failure is in err. */
void txn_begin(struct txn *t, struct env *env, enum txn_mode mode);
/* 0, or the first failure: nothing of it is stored then. ERR_FULL: the map; -ENOSPC: the disk. */
int txn_commit(struct txn *t);
/* Ends it without storing anything; harmless if ended. */
void txn_abort(struct txn *t);

/* The value of row->key into the row; false: no such key, or failed. */
bool txn_get(struct txn *t, unsigned table, struct record *row);
void txn_put(struct txn *t, unsigned table, const struct record *row);
/* The same for a key after all others of the table. ERR_EXISTS if it is not. */
void txn_append(struct txn *t, unsigned table, const struct record *row);
/* The key goes, if it is there. */
void txn_erase(struct txn *t, unsigned table, const struct record *row);

/* A walk over a table in the order of keys; closed before its transaction ends. */
struct scan {
	struct txn *txn;
	void *cursor;
};

void scan_open(struct scan *s, struct txn *t, unsigned table);
void scan_close(struct scan *s);
/* The first row with a key at or after the given one; the one after; the last of the table. False: none, or failed. */
bool scan_seek(struct scan *s, const uint8_t *key, size_t key_len, struct record *ret);
bool scan_next(struct scan *s, struct record *ret);
bool scan_last(struct scan *s, struct record *ret);
/* Deletes the row just found; go on with scan_next(). Write transactions. */
void scan_delete(struct scan *s);
