#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/require.h"
#include "store/env.h"
#include "store/series.h"
#include "store/store_priv.h"

#define SERIES_MAP (UINT64_C(1) << 40)
#define OTHER_MAP (UINT64_C(64) << 30)

static void on_idle(void *arg);

/* ---- What the writers say ------------------------------------------------------------------------------ */

static void on_journaled(void *arg, uint64_t token, int rc)
{
	struct store *s = arg;

	if (!FAILS(!list_is_empty(&s->pending))) {
		struct pending *p = list_entry(s->pending.next, struct pending, node);

		list_remove(&p->node);
		if (rc == 0)
			source_settle(p->source, p->epoch, p->seq);
		free(p);
	}
	if (s->journaled)
		s->journaled(s->cb_arg, token, rc);
}

static void on_flushed(void *arg, uint64_t group)
{
	struct store *s = arg;

	sealer_flushed(s->sealer, group);
}

static void on_committed(void *arg, uint64_t token, int rc)
{
	struct store *s = arg;

	if (s->committed)
		s->committed(s->cb_arg, token, rc);
}

static uint64_t on_cut(void *arg)
{
	struct store *s = arg;

	return committer_cut(s->committer);
}

static void on_trim(void *arg, uint64_t group)
{
	struct store *s = arg;

	committer_trim(s->committer, group);
}

/* ---- Opening --------------------------------------------------------------------------------------------- */

static void set_defaults(struct store_settings *s)
{
	if (s->commit_max_ms == 0)
		s->commit_max_ms = 10;
	if (s->group_bytes == 0)
		s->group_bytes = (size_t)256 << 10;
	if (s->pending_bytes == 0)
		s->pending_bytes = (size_t)8 << 20;
	if (s->seal_samples == 0)
		s->seal_samples = 1 << 20;
	if (s->seal_age_ms == 0)
		s->seal_age_ms = MS_PER_H;
}

/* One process at a time: two would give out the same numbers. */
static int take_lock(struct store *s, struct fault *f)
{
	char *path;
	int r = 0;

	if (asprintf(&path, "%s/lock", s->path) < 0)
		return -ENOMEM;
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock_fd < 0)
		r = fault_set(f, -errno, "%s: %s", path, err_text(-errno));
	else if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0)
		r = fault_set(f, ERR_STATE, "%s: the store is in use by another process", s->path);
	free(path);
	return r;
}

static const char *const parts[] = {"ledger", "series", "journal"};

/* A part that is gone would be begun anew, and numbers given out twice. The lock file is empty until all were made. */
static int check_parts(const struct store *s, struct fault *f)
{
	struct stat st;
	int r = 0;

	if (fstat(s->lock_fd, &st) < 0)
		return -errno;
	for (size_t i = 0; r == 0 && st.st_size > 0 && i < ARRAY_SIZE(parts); i++) {
		char *path;

		if (asprintf(&path, "%s/%s", s->path, parts[i]) < 0)
			return -ENOMEM;
		if (access(path, F_OK) < 0)
			r = fault_set(f, errno == ENOENT ? ERR_CORRUPT : -errno,
				      "%s: %s: restore a backup", path, err_text(-errno));
		free(path);
	}
	return r;
}

static int note_parts(const struct store *s)
{
	static const char text[] = "ledger series journal\n";
	struct stat st;

	if (fstat(s->lock_fd, &st) < 0)
		return -errno;
	if (st.st_size > 0)
		return 0;
	if (pwrite(s->lock_fd, text, sizeof(text) - 1, 0) != (ssize_t)sizeof(text) - 1 ||
	    fsync(s->lock_fd) < 0)
		return errno ? -errno : ERR_STORE;
	return 0;
}

/* The directory and its place in its parent; LMDB flushes files, not names. */
static int make_directory(const char *path, struct fault *f)
{
	char *parent;
	int r;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return fault_set(f, -errno, "%s: %s", path, err_text(-errno));
	if (asprintf(&parent, "%s/..", path) < 0)
		return -ENOMEM;
	r = env_flush_directory(parent);
	if (r)
		(void)fault_set(f, r, "%s: %s", parent, err_text(r));
	free(parent);
	return r;
}

static int open_ledger(struct store *s, struct fault *f)
{
	struct ledger_settings settings = {
		.dir = s->path,
		.map_bytes = s->settings.map_bytes ? s->settings.map_bytes : OTHER_MAP,
		.pending_bytes = s->settings.pending_bytes,
		.events = {.done = on_committed, .idle = on_idle, .arg = s},
	};

	return ledger_new(s->loop, &settings, &s->ledger, f);
}

static int open_sealer(struct store *s, struct fault *f)
{
	uint64_t map = s->settings.map_bytes ? s->settings.map_bytes : SERIES_MAP;
	struct sealer_settings settings = {.seal_samples = s->settings.seal_samples,
					   .seal_age_ms = s->settings.seal_age_ms,
					   .retention_ms = s->settings.retention_ms};
	struct sealer_events events = {.cut = on_cut, .trim = on_trim, .idle = on_idle, .arg = s};
	struct env *env;
	int r = series_open(s->path, map, &env, f);

	if (r)
		return r;
	r = sealer_new(s->loop, env, &settings, &events, &s->sealer);
	if (r) {
		env_close(env);
		return fault_set(f, r, "%s/series: %s", s->path, err_text(r));
	}
	return 0;
}

static int replay_batch(void *arg, uint64_t group, const struct sample_batch *b)
{
	struct store *s = arg;
	struct source *source = sources_need(sealer_sources(s->sealer), b->source);
	int r = source ? sealer_add(s->sealer, source, b) : -ENOMEM;

	(void)group;
	if (r)
		return r;
	source_settle(source, b->epoch, b->seq);
	return 0;
}

static int open_committer(struct store *s, struct fault *f)
{
	uint64_t map = s->settings.map_bytes ? s->settings.map_bytes : OTHER_MAP;
	uint64_t watermark = sealer_watermark(s->sealer), last = 0;
	struct committer_settings settings = {.commit_max_ms = s->settings.commit_max_ms,
					      .group_bytes = s->settings.group_bytes,
					      .pending_bytes = s->settings.pending_bytes};
	struct committer_events events = {
		.done = on_journaled, .flushed = on_flushed, .idle = on_idle, .arg = s};
	struct env *env;
	int r = journal_open(s->path, map, &env, f);

	if (r)
		return r;
	r = journal_replay(env, watermark, replay_batch, s, &last);
	/* What was read may be in the page cache only; once it counts as durable it has to be on disk. */
	if (r == 0)
		r = env_flush(env);
	if (last < watermark)
		last = watermark;
	if (r == 0)
		r = committer_new(s->loop, env, last + 1, &settings, &events, &s->committer);
	if (r) {
		env_close(env);
		return fault_set(f, r, "%s/journal: %s", s->path, err_text(r));
	}
	committer_trim(s->committer, watermark);
	sealer_flushed(s->sealer, last);
	return 0;
}

static bool take_now(void *arg, const struct ledger_op *op)
{
	struct store *s = arg;

	sealer_set_now(s->sealer, op->meta->now_ms);
	return false;
}

static int open_parts(struct store *s, struct fault *f)
{
	int r = make_directory(s->path, f);

	if (r == 0)
		r = take_lock(s, f);
	if (r == 0)
		r = check_parts(s, f);
	if (r == 0)
		r = open_ledger(s, f);
	if (r == 0)
		r = open_sealer(s, f);
	if (r == 0)
		r = open_committer(s, f);
	if (r == 0)
		r = ledger_scan(s->ledger, LEDGER_META, 0, take_now, s);
	if (r == 0)
		r = env_flush_directory(s->path);
	if (r == 0)
		r = note_parts(s);
	if (r && f && f->code == 0)
		(void)fault_set(f, r, "%s: %s", s->path, err_text(r));
	return r;
}

static void release(struct store *s)
{
	committer_free(s->committer);
	sealer_free(s->sealer);
	ledger_free(s->ledger);
	if (s->lock_fd >= 0)
		(void)close(s->lock_fd);
	free(s->path);
	free(s);
}

/* Last of all, so that whatever fails before leaves nothing for the loop to close. */
static int start_lanes(struct store *s, struct fault *f)
{
	static const char *const names[LANES] = {"committer", "ledger", "sealer"};

	for (int i = 0; i < LANES; i++) {
		int r = lane_new(s->loop, names[i], 1, &s->lanes[i]);

		if (r == 0)
			continue;
		while (--i >= 0)
			lane_close(s->lanes[i], NULL, NULL);
		return fault_set(f, r, "threads: %s", err_text(r));
	}
	committer_start(s->committer, s->lanes[0]);
	ledger_start(s->ledger, s->lanes[1]);
	sealer_start(s->sealer, s->lanes[2]);
	return 0;
}

int store_open(struct loop *loop, const struct store_settings *settings, struct store **ret,
	       struct fault *f)
{
	struct store *s = calloc(1, sizeof(*s));
	struct fault own = {0};
	int r;

	if (!f)
		f = &own;
	*f = (struct fault){0};
	if (!s)
		return fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	s->loop = loop;
	s->settings = *settings;
	s->lock_fd = -1;
	list_init(&s->pending);
	set_defaults(&s->settings);
	s->path = strdup(settings->path);
	s->settings.path = s->path;
	r = s->path ? open_parts(s, f) : fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	if (r == 0)
		r = start_lanes(s, f);
	if (r) {
		release(s);
		return r;
	}
	*ret = s;
	return 0;
}

/* ---- Closing --------------------------------------------------------------------------------------------- */

static void on_closed(void *arg)
{
	struct store *s = arg;
	void (*closed)(void *arg) = s->closed;
	void *closed_arg = s->closed_arg;

	release(s);
	if (closed)
		closed(closed_arg);
}

static void on_idle(void *arg)
{
	struct store *s = arg;

	if (--s->busy > 0)
		return;
	group_init(&s->group, s->loop, "store", on_closed, s);
	for (int i = 0; i < LANES; i++)
		lane_close(s->lanes[i], group_leave, group_enter(&s->group));
	group_seal(&s->group);
}

void store_close(struct store *s, void (*closed)(void *arg), void *arg)
{
	if (s->closing)
		return;
	s->closing = true;
	s->closed = closed;
	s->closed_arg = arg;
	s->busy = LANES;
	committer_finish(s->committer);
	ledger_finish(s->ledger);
	sealer_finish(s->sealer);
}
