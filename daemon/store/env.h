/* One LMDB environment: a directory with a data file, its tables and its schema version. Codes of LMDB are
 * translated here and in txn.c, nowhere else.
 *
 * Opened once per process (LMDB's locks break otherwise), with a map far larger than the file will ever be, which
 * is never resized: the map is address space, not disk. Read transactions are not bound to threads. Never kept
 * across fork().
 *
 * Threads: open, reopen and close on the owner's thread while no transaction is open; transactions on any thread,
 * one writer at a time. */
#pragma once

#include "base/err.h"

struct env;

struct env_spec {
	const char *name; /* of the directory below the store's */
	const char *const *tables;
	unsigned n_tables;  /* tables are called by their index from here on */
	uint64_t map_bytes; /* address space */
	/* Commits leave the flush of their last page to the next one: after a power loss the last transaction may be
	 * gone, all of it, never a part. */
	bool lazy;
	uint32_t schema; /* the version that this build writes */
};

#define ENV_TABLES_MAX 16

/* Makes the directory (0700) and the tables where absent; names (not their array) must be
 * constants.
 * ERR_VERSION: written by a newer version; ERR_CORRUPT, ERR_FULL, -errno; f says it in words. */
int env_open(const char *dir, const struct env_spec *spec, struct env **ret, struct fault *f);
/* Takes NULL. */
void env_close(struct env *env);

/* After a failed write of its root page LMDB refuses every call, reads too: closes and opens such an environment
 * again; does nothing for a sound one. May be tried again if it fails. No transaction may be open. */
int env_revive(struct env *env);

/* All that was committed is on disk when this returns 0, in lazy environments too. */
int env_flush(struct env *env);

/* Bytes of pages in use, 0 if that cannot be read; entries of a table. */
uint64_t env_used_bytes(struct env *env);
uint64_t env_count(struct env *env, unsigned table);

/* Makes what was created, renamed or removed in a directory durable. 0 or -errno. */
int env_flush_directory(const char *path);
