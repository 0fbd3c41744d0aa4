/* A disk in memory: a ledger and a journal with the real encoding, what is durable apart from what is only
 * submitted, so that a crash can be played at any store operation. */
#pragma once

#include "base/buf.h"
#include "model/sample.h"
#include "store/record.h"

struct disk_row {
	uint8_t key[16];
	size_t key_len;
	uint8_t *value;
	size_t len;
};

struct disk_table {
	struct disk_row *rows; /* ascending */
	size_t n, size;
};

struct disk_claim {
	int64_t t_ms;
	struct sample_claim claim;
};

struct disk_series {
	struct disk_claim *at; /* ascending by t */
	size_t n, size;
};

/* Which batch a flush made durable. */
struct disk_batch_id {
	char source[NAME_MAX_B];
	uint64_t epoch, seq;
};

/* Encoded ops of one commit, or one batch of samples. */
struct disk_write {
	struct disk_write *next;
	uint64_t token;
	bool is_batch;
	struct buf bytes; /* batch */
	struct disk_batch_id id;
	size_t n; /* ops */
	enum ledger_kind *kinds;
	struct disk_row *rows;
};

struct disk {
	struct disk_table ledger[LEDGER_KINDS];
	struct disk_table journal;  /* key = order of flush: durable batches */
	struct disk_series *series; /* by point id: everything submitted, standing claims */
	size_t n_series;
	uint64_t flushes;
	struct disk_batch_id *flushed; /* [flushes] */
	size_t flushed_size;
};

void disk_init(struct disk *d);
void disk_fini(struct disk *d);

/* Encodes; the caller owns the write until it is flushed or lost. Samples are visible at once. */
struct disk_write *disk_write_ops(const struct ledger_op *ops, size_t n, uint64_t token);
struct disk_write *disk_write_batch(struct disk *d, const struct sample_batch *b, uint64_t token);
/* Makes it durable and frees it. */
void disk_flush(struct disk *d, struct disk_write *w);
void disk_lose(struct disk_write *w);
/* After a crash: samples are what the journal holds. */
void disk_replay(struct disk *d);

int disk_scan(const struct disk *d, enum ledger_kind kind, uint64_t from_key,
	      bool (*visit)(void *arg, const struct ledger_op *op), void *arg);
int disk_range(const struct disk *d, uint32_t point, int64_t from_ms, int64_t to_ms,
	       bool (*visit)(void *arg, const struct sample *s), void *arg);
int disk_recent(const struct disk *d, int64_t since_ms,
		bool (*visit)(void *arg, uint32_t point, const struct sample *s), void *arg);
int disk_cursors(const struct disk *d,
		 void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		 void *arg);

/* Batches of that number in the journal. */
int disk_count_batch(const struct disk *d, const char *source, uint64_t epoch, uint64_t seq);
/* The head of the audit chain, recomputed; false if it does not fit. */
bool disk_verify_audit(const struct disk *d, uint64_t *ret_records, uint8_t ret_head[32]);
