/* Inside of env: for txn.c, which runs transactions on it. */
#pragma once

#include <lmdb.h>

#include "store/env.h"

struct env {
	MDB_env *mdb; /* NULL after a reopening that failed */
	struct env_spec spec;
	const char *names[ENV_TABLES_MAX]; /* what spec.tables points to */
	char *path;
	MDB_dbi tables[ENV_TABLES_MAX];
	MDB_dbi schema;
};

/* LMDB's code as ours. */
int env_code(int rc);
