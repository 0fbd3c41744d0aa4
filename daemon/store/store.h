/* The store: three LMDB environments (ledger/, journal/, series/), three worker lanes (committer, ledger, sealer).
 *
 *   append ──► group ──► committer: journal txn, fsync ──► done callbacks ──► memtable is durable
 *                                                              │ full or old
 *                                                              ▼
 *                                         sealer: tiles + cursors + watermark in one series txn
 *                                                              │
 *                                                              ▼ journal groups of the seal before are deleted
 *
 * Everything is called from the loop thread. A done callback comes on the loop, once, in order of submission, after
 * the flush that covers it; never from inside the call. Reads see what was submitted (memtable) as well as what is
 * sealed; whoever needs durable asks the callback. */
#pragma once

#include "base/err.h"
#include "model/sample.h"
#include "store/record.h"

struct loop;
struct store;

struct store_settings {
	const char *path;      /* directory; made if absent, 0700 */
	uint64_t map_bytes;    /* address space per environment; 0 = 1 TiB series, 64 GiB others */
	int64_t commit_max_ms; /* ceiling of the adaptive group delay; default 10 */
	size_t group_bytes;    /* a group is closed at this size; default 256 KiB */
	size_t pending_bytes; /* uncommitted bytes at which append answers ERR_FULL; default 8 MiB */
	uint32_t seal_samples; /* per memtable; default 1 Mi */
	int64_t seal_age_ms; /* engine-time age of the oldest sample at which it is sealed; default 1 h */
	int64_t retention_ms; /* of tiles; 0 = for ever */
};

/* Opens, checks the schema version (newer: ERR_VERSION with a clear sentence; older: migrates), replays journal
 * groups above the watermark into the memtable. Blocking; before the loop runs. */
int store_open(struct loop *loop, const struct store_settings *settings, struct store **ret,
	       struct fault *f);
/* Finishes what was submitted, joins the lanes, then closes; closed(arg) on the loop. */
void store_close(struct store *s, void (*closed)(void *arg), void *arg);

typedef void (*store_done_cb)(void *arg, uint64_t token, int rc);
/* Who hears of finished appends and commits. */
void store_set_callbacks(struct store *s, store_done_cb journaled, store_done_cb committed,
			 void *arg);

/* Copies. 0, ERR_FULL (try after some callback), ERR_STORE (read-only after a disk error, see store_health). */
int store_append(struct store *s, const struct sample_batch *b, uint64_t token);
int store_commit(struct store *s, const struct ledger_op *ops, size_t n, uint64_t token);

int store_range(struct store *s, uint32_t point, int64_t from_ms, int64_t to_ms,
		bool (*visit)(void *arg, const struct sample *sample), void *arg);
int store_recent(struct store *s, int64_t since_ms,
		 bool (*visit)(void *arg, uint32_t point, const struct sample *sample), void *arg);
int store_scan(struct store *s, enum ledger_kind kind, uint64_t from_key,
	       bool (*visit)(void *arg, const struct ledger_op *op), void *arg);
int store_cursors(struct store *s,
		  void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		  void *arg);

/* Which of two claims on the same (point, t) stands is decided by sample_replaces(); the rank of a batch's source
 * for a point comes from here (default 0). */
void store_set_rank(struct store *s,
		    uint32_t (*rank)(void *arg, const char *source, uint32_t point), void *arg);

struct store_stats {
	uint64_t samples, batches, groups, commits, tiles, tile_bytes, tile_samples, journal_bytes;
	uint64_t pending_bytes;
	double commit_ewma_ms;
	uint64_t ledger_used, journal_used, series_used; /* bytes of pages in use */
	bool read_only;
};
void store_get_stats(const struct store *s, struct store_stats *ret);
/* 0, or ERR_STORE with the reason while writes are refused (disk full, I/O error); retried by itself. */
int store_health(const struct store *s, struct fault *f);
/* The same of commits alone. */
int store_ledger_health(const struct store *s, struct fault *f);

/* Walks the audit chain of the ledger; 0 if it could be walked: ret_bad_seq = 0 if it is whole,
 * else the first record that does not fit, and f says how. ret_records counts the good ones before it. Renews its read
 * transaction. */
int store_verify_audit(struct store *s, uint64_t *ret_records, uint8_t ret_head[32],
		       uint64_t *ret_bad_seq, struct fault *f);
