/* A store on a loop of its own, driven step by step. Header only. */
#pragma once

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "loop/loop.h"
#include "store/store.h"

struct drive {
	struct loop *loop;
	struct store *store;
	bool inside;		       /* of a call of ours: callbacks must not come now */
	uint64_t journaled, committed; /* the last token; they come in order, none left out */
	uint64_t failed;	       /* callbacks with an error */
	bool closed;
	void (*on_journaled)(void *arg, uint64_t token, int rc);
	void (*on_committed)(void *arg, uint64_t token, int rc);
	void *arg;
	uint64_t next_batch, next_commit; /* last token given out */
};

/* dir/name, in memory that stays. */
static inline const char *drive_path(const char *dir, const char *name)
{
	static char paths[64][128];
	static unsigned n;
	char path[128]; /* dir may be one of paths */

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return memcpy(paths[n++ % 64], path, sizeof(path));
}

static inline void drive_said(struct drive *d, uint64_t *last, uint64_t token, int rc)
{
	ck_assert(!d->inside);
	ck_assert_uint_eq(token, *last + 1);
	*last = token;
	d->failed += rc != 0;
}

static inline void drive_journaled(void *arg, uint64_t token, int rc)
{
	struct drive *d = arg;

	drive_said(d, &d->journaled, token, rc);
	if (d->on_journaled)
		d->on_journaled(d->arg, token, rc);
}

static inline void drive_committed(void *arg, uint64_t token, int rc)
{
	struct drive *d = arg;

	drive_said(d, &d->committed, token, rc);
	if (d->on_committed)
		d->on_committed(d->arg, token, rc);
}

static inline void drive_closed(void *arg)
{
	struct drive *d = arg;

	d->closed = true;
}

/* Maps of sanitized tests are small. */
#define DRIVE_MAP (UINT64_C(1) << 30)

static inline int drive_try_open(struct drive *d, const struct store_settings *settings,
				 struct fault *f)
{
	struct store_settings own = *settings;
	int r;

	if (own.map_bytes == 0)
		own.map_bytes = DRIVE_MAP;
	*d = (struct drive){0};
	ck_assert_int_eq(loop_new(&d->loop), 0);
	r = store_open(d->loop, &own, &d->store, f);
	if (r) {
		loop_run(d->loop);
		loop_free(d->loop);
		return r;
	}
	store_set_callbacks(d->store, drive_journaled, drive_committed, d);
	return 0;
}

static inline void drive_open(struct drive *d, const struct store_settings *settings)
{
	struct fault f;
	int r = drive_try_open(d, settings, &f);

	ck_assert_msg(r == 0, "%s", f.text);
}

static inline void drive_close(struct drive *d)
{
	store_close(d->store, drive_closed, d);
	ck_assert(!d->closed);
	while (!d->closed)
		(void)loop_step(d->loop, true);
	loop_free(d->loop);
}

static inline int drive_append(struct drive *d, const struct sample_batch *b)
{
	d->inside = true;
	int r = store_append(d->store, b, d->next_batch + 1);
	d->inside = false;
	d->next_batch += r == 0;
	return r;
}

static inline int drive_commit(struct drive *d, const struct ledger_op *ops, size_t n)
{
	d->inside = true;
	int r = store_commit(d->store, ops, n, d->next_commit + 1);
	d->inside = false;
	d->next_commit += r == 0;
	return r;
}

/* Until all that was submitted has been answered. */
static inline void drive_settle(struct drive *d)
{
	while (d->journaled < d->next_batch || d->committed < d->next_commit)
		(void)loop_step(d->loop, true);
}

/* Until so many tiles were sealed since the start. */
static inline void drive_until_tiles(struct drive *d, uint64_t n)
{
	struct store_stats stats;

	for (;;) {
		store_get_stats(d->store, &stats);
		if (stats.tiles >= n)
			return;
		(void)loop_step(d->loop, true);
	}
}

/* One sample of one point. */
static inline struct sample_batch drive_one(const char *source, uint64_t seq, const uint32_t *point,
					    const int64_t *t_ms, const double *value)
{
	static const uint8_t ok[1] = {QUALITY_OK};
	struct sample_batch b = {.epoch = 1,
				 .seq = seq,
				 .n = 1,
				 .point = point,
				 .t_ms = t_ms,
				 .value = value,
				 .quality = ok};

	strncpy(b.source, source, sizeof(b.source) - 1);
	return b;
}

/* Appends value `v` of `point` at t. */
static inline int drive_put(struct drive *d, uint64_t seq, uint32_t point, int64_t t_ms, double v)
{
	struct sample_batch b = drive_one("meter", seq, &point, &t_ms, &v);

	return drive_append(d, &b);
}

/* ---- What is read back -------------------------------------------------------------------------------- */

struct drive_samples {
	struct sample at[4096];
	uint32_t point[4096];
	size_t n, max; /* max: visit says enough after so many */
};

static inline bool drive_take(void *arg, const struct sample *s)
{
	struct drive_samples *out = arg;

	ck_assert_uint_lt(out->n, 4096);
	out->at[out->n++] = *s;
	return out->n < out->max;
}

static inline bool drive_take_point(void *arg, uint32_t point, const struct sample *s)
{
	struct drive_samples *out = arg;

	out->point[out->n] = point;
	return drive_take(arg, s);
}

static inline void drive_range(struct drive *d, uint32_t point, int64_t from, int64_t to,
			       struct drive_samples *out)
{
	out->n = 0;
	out->max = SIZE_MAX;
	ck_assert_int_eq(store_range(d->store, point, from, to, drive_take, out), 0);
	for (size_t i = 1; i < out->n; i++)
		ck_assert_int_lt(out->at[i - 1].t_ms, out->at[i].t_ms);
}
