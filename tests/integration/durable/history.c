#include "history.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/sample.h"
#include "store/env.h"
#include "store/journal.h"
#include "store/series.h"

/* Two groups of tiles. */
static const uint32_t points[HISTORY_POINTS] = {1, 2, 300};

struct store_settings history_settings(const char *path)
{
	/* small memtables and groups, so that there is a seal every few commits */
	return (struct store_settings){.path = path, .seal_samples = 48, .group_bytes = 4096};
}

int history_append(struct drive *d, uint64_t k)
{
	static const uint8_t quality[HISTORY_POINTS] = {QUALITY_OK, QUALITY_ESTIMATED, QUALITY_OK};
	int64_t t[HISTORY_POINTS];
	double value[HISTORY_POINTS];
	struct sample_batch b = {.source = "meter",
				 .epoch = 1,
				 .seq = k,
				 .n = HISTORY_POINTS,
				 .point = points,
				 .t_ms = t,
				 .value = value,
				 .quality = quality};

	for (int i = 0; i < HISTORY_POINTS; i++) {
		t[i] = (int64_t)k * 1000;
		value[i] = (double)k + (double)i / 8;
	}
	return drive_append(d, &b);
}

void history_chain_init(struct history_chain *c)
{
	c->seq = 0;
	audit_first(c->head);
}

int history_commit(struct drive *d, struct history_chain *c)
{
	uint64_t k = c->seq + 1;
	struct decision decision = {
		.id = k, .plan_id = k, .action = {.kind = ACTION_POWER, .value = (int64_t)k}};
	char body[64];
	int n = snprintf(body, sizeof(body), "{\"decision\":%llu}", (unsigned long long)k);
	struct ledger_audit audit = {.seq = k, .body = (uint8_t *)body, .len = (size_t)n};
	struct ledger_meta meta = {.now_ms = (int64_t)k, .next_decision = k + 1, .audit_seq = k};
	struct ledger_op ops[] = {{.kind = LEDGER_DECISION, .decision = &decision},
				  {.kind = LEDGER_AUDIT, .audit = &audit},
				  {.kind = LEDGER_META, .meta = &meta}};
	int r;

	audit_next(c->head, k, audit.body, audit.len, audit.hash);
	memcpy(meta.audit_head, audit.hash, sizeof(meta.audit_head));
	r = drive_commit(d, ops, ARRAY_SIZE(ops));
	if (r == 0) {
		c->seq = k;
		memcpy(c->head, audit.hash, sizeof(c->head));
	}
	return r;
}

/* ---- Judgement -------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void fault(struct history_found *h, const char *fmt,
							...)
{
	char text[sizeof(h->fault)];
	va_list ap;

	va_start(ap, fmt);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, one line above */
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!h->fault[0])
		memcpy(h->fault, text, sizeof(text));
}

struct reading {
	struct history_found *found;
	uint64_t n; /* samples of a point, or decisions, so far: 1 … n */
	int point;
	uint64_t meta_seq;
	uint64_t cursor_seq;
	unsigned *copies; /* of each (batch, point) in the files */
	size_t n_copies;
};

static bool read_sample(void *arg, const struct sample *s)
{
	struct reading *r = arg;
	uint64_t k = ++r->n;

	if (s->t_ms != (int64_t)k * 1000 || s->value != (double)k + (double)r->point / 8 ||
	    s->quality != (r->point == 1 ? QUALITY_ESTIMATED : QUALITY_OK))
		fault(r->found, "point %u: sample %llu is at %lld with %g", points[r->point],
		      (unsigned long long)k, (long long)s->t_ms, s->value);
	return true;
}

static bool read_decision(void *arg, const struct ledger_op *op)
{
	struct reading *r = arg;
	uint64_t k = ++r->n;

	if (op->decision->id != k || op->decision->action.value != (int64_t)k)
		fault(r->found, "decision %llu is missing", (unsigned long long)k);
	return true;
}

static bool read_meta(void *arg, const struct ledger_op *op)
{
	struct reading *r = arg;

	r->meta_seq = op->meta->audit_seq;
	return true;
}

static void read_cursor(void *arg, const char *source, uint64_t epoch, uint64_t seq)
{
	struct reading *r = arg;

	if (strcmp(source, "meter") != 0 || epoch != 1)
		fault(r->found, "a cursor of nobody: %s", source);
	r->cursor_seq = seq;
}

static void read_samples(struct store *s, struct history_found *h)
{
	struct reading r = {.found = h};

	for (r.point = 0; r.point < HISTORY_POINTS; r.point++) {
		r.n = 0;
		if (store_range(s, points[r.point], INT64_MIN, INT64_MAX, read_sample, &r) != 0)
			fault(h, "range failed");
		if (r.point > 0 && r.n != h->batches)
			fault(h, "a batch is there in part: %llu and %llu",
			      (unsigned long long)h->batches, (unsigned long long)r.n);
		h->batches = r.n;
	}
	store_cursors(s, read_cursor, &r);
	if (r.cursor_seq != h->batches)
		fault(h, "cursor %llu, but %llu batches", (unsigned long long)r.cursor_seq,
		      (unsigned long long)h->batches);
}

static void read_ledger(struct store *s, struct history_found *h)
{
	struct reading r = {.found = h};
	uint64_t records = 0, bad = 0;
	uint8_t head[32];
	struct fault f = {0};

	if (store_scan(s, LEDGER_DECISION, 0, read_decision, &r) != 0 ||
	    store_scan(s, LEDGER_META, 0, read_meta, &r) != 0)
		fault(h, "scan failed");
	h->commits = r.n;
	if (r.meta_seq != h->commits)
		fault(h, "meta says %llu, decisions %llu", (unsigned long long)r.meta_seq,
		      (unsigned long long)h->commits);
	if (store_verify_audit(s, &records, head, &bad, &f) != 0 || bad)
		fault(h, "audit: %s", f.text);
	if (records != h->commits)
		fault(h, "%llu audit records, %llu decisions", (unsigned long long)records,
		      (unsigned long long)h->commits);
}

/* ---- The files themselves: what is there twice does not show through the store ---------------------------- */

static void count_copy(struct reading *r, int64_t t_ms, int point)
{
	size_t at = (size_t)(t_ms / 1000) * HISTORY_POINTS + (size_t)point;

	if (at >= r->n_copies)
		fault(r->found, "a sample of no batch, at %lld", (long long)t_ms);
	else
		r->copies[at]++;
}

static int count_batch(void *arg, uint64_t group, const struct sample_batch *b)
{
	(void)group;
	for (uint32_t i = 0; i < b->n; i++)
		count_copy(arg, b->t_ms[i], (int)i);
	return 0;
}

static int count_tiles(struct env *env, struct reading *r)
{
	struct series_reader *reader;
	int rc = series_reader_new(env, &reader);

	for (int p = 0; rc == 0 && p < HISTORY_POINTS; p++) {
		int64_t window = 0;

		while (rc == 0 && series_find_window(reader, points[p], &window, INT64_MAX / 4)) {
			struct rows rows = {0};

			rc = series_collect(reader, points[p], window, 0, INT64_MAX / 4, &rows);
			for (size_t i = 0; i < rows.n; i++)
				count_copy(r, rows.at[i].t_ms, p);
			rows_fini(&rows);
			window += TILE_WINDOW_MS;
		}
	}
	series_reader_free(reader);
	return rc;
}

static void count_files(const char *path, struct history_found *h)
{
	struct reading r = {.found = h, .n_copies = (h->batches + 1) * HISTORY_POINTS};
	uint64_t watermark = 0, last = 0;
	struct env *series = NULL, *journal = NULL;
	struct fault f;

	r.copies = calloc(r.n_copies, sizeof(*r.copies));
	if (!r.copies || series_open(path, DRIVE_MAP, &series, &f) != 0 ||
	    journal_open(path, DRIVE_MAP, &journal, &f) != 0)
		abort();
	if (series_watermark(series, &watermark) != 0 || count_tiles(series, &r) != 0 ||
	    journal_replay(journal, watermark, count_batch, &r, &last) != 0)
		fault(h, "the files cannot be read");
	for (size_t i = HISTORY_POINTS; i < r.n_copies; i++) {
		if (r.copies[i] != 1)
			fault(h, "batch %zu is there %u times", i / HISTORY_POINTS, r.copies[i]);
	}
	env_close(series);
	env_close(journal);
	free(r.copies);
}

struct history_found history_read(const char *path)
{
	struct store_settings settings = history_settings(path);
	struct history_found h = {0};
	struct fault f = {0};
	struct drive d;

	if (drive_try_open(&d, &settings, &f) != 0) {
		fault(&h, "does not open: %s", f.text);
		return h;
	}
	read_samples(d.store, &h);
	read_ledger(d.store, &h);
	drive_close(&d);
	count_files(path, &h);
	return h;
}
