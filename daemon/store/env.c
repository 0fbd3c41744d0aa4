#include "store/env.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/require.h"
#include "store/env_priv.h"
#include "store/key.h"

#define SCHEMA_TABLE "schema"

int env_code(int rc)
{
	switch (rc) {
	case 0:
		return 0;
	case MDB_NOTFOUND:
		return ERR_NOTFOUND;
	case MDB_KEYEXIST:
		return ERR_EXISTS;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case MDB_READERS_FULL:
		return ERR_FULL;
	case MDB_PAGE_NOTFOUND:
	case MDB_CORRUPTED:
	case MDB_INVALID:
		return ERR_CORRUPT;
	case MDB_VERSION_MISMATCH:
		return ERR_VERSION;
	default:
		return rc > 0 ? -rc : ERR_STORE;
	}
}

int env_flush_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int r = fsync(fd) < 0 ? -errno : 0;
	(void)close(fd);
	return r;
}

/* ---- Schema ---------------------------------------------------------------------------------- */

static int put_schema(struct env *env, MDB_txn *txn)
{
	uint8_t version[4];
	MDB_val key = {.mv_size = sizeof(SCHEMA_TABLE) - 1, .mv_data = (void *)SCHEMA_TABLE};
	MDB_val value = {.mv_size = sizeof(version), .mv_data = version};

	key_put_u32(version, env->spec.schema);
	return env_code(mdb_put(txn, env->schema, &key, &value, 0));
}

/* There is one version so far, hence nothing to migrate from. */
static int check_schema(struct env *env, MDB_txn *txn, bool *ret_new, struct fault *f)
{
	MDB_val key = {.mv_size = sizeof(SCHEMA_TABLE) - 1, .mv_data = (void *)SCHEMA_TABLE};
	MDB_val value;
	uint32_t known = env->spec.schema, found;
	int r = env_code(mdb_get(txn, env->schema, &key, &value));

	*ret_new = r == ERR_NOTFOUND;
	if (r == ERR_NOTFOUND)
		return put_schema(env, txn);
	if (r)
		return r;
	if (value.mv_size != 4)
		return ERR_CORRUPT;
	found = key_get_u32(value.mv_data);
	if (found > known)
		return fault_set(f, ERR_VERSION,
				 "written by a newer version of this program (schema %u, this one "
				 "knows up to %u): start that version, or restore a backup",
				 found, known);
	if (found < known)
		return fault_set(f, ERR_VERSION, "schema %u is older than any this program knows",
				 found);
	return 0;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static int open_tables(struct env *env, MDB_txn *txn, bool is_new, struct fault *f)
{
	const struct env_spec *spec = &env->spec;
	int r = 0;

	if (!is_new && mdb_dbi_open(txn, spec->tables[0], 0, &env->tables[0]) != 0)
		return fault_set(f, ERR_CORRUPT, "data.mdb is none of this part: no table %s in it",
				 spec->tables[0]);
	for (unsigned i = 0; r == 0 && i < spec->n_tables; i++)
		r = env_code(mdb_dbi_open(txn, spec->tables[i], MDB_CREATE, &env->tables[i]));
	return r;
}

/* Writes nothing if all is there already. */
static int prepare(struct env *env, struct fault *f)
{
	MDB_txn *txn;
	bool is_new = false;
	int r = env_code(mdb_txn_begin(env->mdb, NULL, 0, &txn));

	if (r)
		return r;
	r = env_code(mdb_dbi_open(txn, SCHEMA_TABLE, MDB_CREATE, &env->schema));
	if (r == 0)
		r = check_schema(env, txn, &is_new, f);
	if (r == 0)
		r = open_tables(env, txn, is_new, f);
	if (r) {
		mdb_txn_abort(txn);
		return r;
	}
	return env_code(mdb_txn_commit(txn));
}

/* Opens the environment in `path`, which is there. */
static int start_in(struct env *env, const char *path, struct fault *f)
{
	unsigned flags = MDB_NOTLS | (env->spec.lazy ? MDB_NOMETASYNC : 0);
	int dead_readers;
	int r = env_code(mdb_env_create(&env->mdb));

	if (r)
		return r;
	r = env_code(mdb_env_set_mapsize(env->mdb, env->spec.map_bytes));
	if (r == 0)
		r = env_code(mdb_env_set_maxdbs(env->mdb, env->spec.n_tables + 1));
	if (r == 0)
		r = env_code(mdb_env_open(env->mdb, path, flags, 0600));
	if (r == 0)
		r = env_code(mdb_reader_check(env->mdb, &dead_readers));
	if (r == 0)
		r = prepare(env, f);
	if (r) {
		mdb_env_close(env->mdb);
		env->mdb = NULL;
	}
	return r;
}

/* Files of a creation that was interrupted. */
static int remove_unfinished(const char *path)
{
	static const char *const names[] = {"data.mdb", "lock.mdb"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(names); i++) {
		char *file;

		if (asprintf(&file, "%s/%s", path, names[i]) < 0)
			return -ENOMEM;
		if (unlink(file) < 0 && errno != ENOENT)
			r = -errno;
		free(file);
	}
	return r;
}

/* Makes it beside its place and moves it there when it is whole and on disk: LMDB cannot open a file whose first pages
 * a power loss has cut. */
static int create_in(struct env *env, const char *path, struct fault *f)
{
	int r = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : remove_unfinished(path);

	if (r == 0)
		r = start_in(env, path, f);
	if (r)
		return r;
	r = env_flush(env);
	if (r == 0)
		r = env_flush_directory(path);
	mdb_env_close(env->mdb);
	env->mdb = NULL;
	if (r == 0 && rename(path, env->path) < 0)
		r = -errno;
	return r;
}

static int create(struct env *env, struct fault *f)
{
	char *path;
	int r;

	if (asprintf(&path, "%s.new", env->path) < 0)
		return -ENOMEM;
	r = create_in(env, path, f);
	free(path);
	return r;
}

/* LMDB takes an absent or empty file for a new environment; ours were never without their first pages. */
static int check_file(const struct env *env, struct fault *f)
{
	struct stat st = {0};
	char *file;
	int r;

	if (asprintf(&file, "%s/data.mdb", env->path) < 0)
		return -ENOMEM;
	r = stat(file, &st) < 0 ? -errno : 0;
	free(file);
	if (r == -ENOENT || (r == 0 && st.st_size == 0))
		return fault_set(f, ERR_CORRUPT, "data.mdb is missing or empty: restore a backup");
	return r;
}

static int start(struct env *env, struct fault *f)
{
	int r = access(env->path, F_OK) == 0 ? 0 : -errno;

	if (r == -ENOENT)
		r = create(env, f);
	if (r == 0)
		r = check_file(env, f);
	return r ? r : start_in(env, env->path, f);
}

/* The words for a code that came without. */
static int explain(const struct env *env, int r, struct fault *f)
{
	if (f && f->code == 0)
		(void)fault_set(f, r, "%s", err_text(r));
	(void)fault_prefix(f, "%s", env->path);
	return r;
}

int env_open(const char *dir, const struct env_spec *spec, struct env **ret, struct fault *f)
{
	struct env *env = calloc(1, sizeof(*env));
	struct fault why = {0};
	int r;

	REQUIRE(spec->n_tables <= ENV_TABLES_MAX);
	if (!env)
		return fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	env->spec = *spec;
	env->spec.tables = env->names;
	memcpy(env->names, spec->tables, spec->n_tables * sizeof(*spec->tables));
	if (asprintf(&env->path, "%s/%s", dir, spec->name) < 0) {
		free(env);
		return fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	}
	r = start(env, &why);
	if (r) {
		(void)explain(env, r, &why);
		env_close(env);
		return fault_set(f, r, "%s", why.text);
	}
	*ret = env;
	return 0;
}

void env_close(struct env *env)
{
	if (!env)
		return;
	if (env->mdb)
		mdb_env_close(env->mdb);
	free(env->path);
	free(env);
}

/* The call that fails does not tell; the next one does. */
static bool is_dead(struct env *env)
{
	MDB_txn *txn;

	if (!env->mdb)
		return true;
	int rc = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
	if (rc == 0)
		mdb_txn_abort(txn);
	return rc == MDB_PANIC;
}

int env_revive(struct env *env)
{
	if (!is_dead(env))
		return 0;
	if (env->mdb)
		mdb_env_close(env->mdb);
	env->mdb = NULL;
	return start(env, NULL);
}

/* ---- Facts ----------------------------------------------------------------------------------- */

int env_flush(struct env *env)
{
	return env->mdb ? env_code(mdb_env_sync(env->mdb, 1)) : ERR_STORE;
}

static uint64_t table_pages(MDB_txn *txn, MDB_dbi table)
{
	MDB_stat s;

	if (mdb_stat(txn, table, &s) != 0)
		return 0;
	return s.ms_branch_pages + s.ms_leaf_pages + s.ms_overflow_pages;
}

uint64_t env_used_bytes(struct env *env)
{
	uint64_t pages = 2; /* the roots */
	MDB_txn *txn;
	MDB_stat s;

	if (!env->mdb || mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn) != 0)
		return 0;
	pages += table_pages(txn, env->schema);
	for (unsigned i = 0; i < env->spec.n_tables; i++)
		pages += table_pages(txn, env->tables[i]);
	mdb_txn_abort(txn);
	return mdb_env_stat(env->mdb, &s) == 0 ? pages * s.ms_psize : 0;
}

uint64_t env_count(struct env *env, unsigned table)
{
	uint64_t n = 0;
	MDB_txn *txn;
	MDB_stat s;

	if (!env->mdb || mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn) != 0)
		return 0;
	if (mdb_stat(txn, env->tables[table], &s) == 0)
		n = s.ms_entries;
	mdb_txn_abort(txn);
	return n;
}
