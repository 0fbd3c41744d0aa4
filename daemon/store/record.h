/* The ledger's kinds of records and their encoding (suandian.store.v1, keys in big-endian order). The mapping
 * between model structs and bytes is pure, so that the simulator's in-memory store uses the same one. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "model/audit.h"
#include "model/curve.h"
#include "model/dayflag.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/instruction.h"
#include "model/job.h"
#include "model/plan.h"
#include "model/point.h"

enum ledger_kind {
	LEDGER_META,  /* key 0: engine time, next ids, audit head */
	LEDGER_POINT, /* key = point id */
	LEDGER_CURVE, /* key = point id: the merged forecast in force */
	LEDGER_EVENT, /* key = event id */
	LEDGER_PLAN,  /* key = plan id */
	LEDGER_SNAPSHOT, /* key = region id: encoded plan_region (plan_input before A2), compressed by the store */
	LEDGER_DISPATCH, /* key = slot start ms · site index: which plan was in force */
	LEDGER_DECISION, /* key = decision id */
	LEDGER_AUDIT,	 /* key = seq */
	LEDGER_CONFIG,	 /* key = time ms: canonical configuration */
	LEDGER_PEAK,	 /* key = site index · charge index: what a demand charge counts from */
	LEDGER_OVERRIDE, /* key = number: what an operator said (overrides and the like) */
	LEDGER_DAYFLAG,	 /* key = number: a flag of a day */
	LEDGER_JOB,	 /* key = number; an op for a job of state JOB_NONE erases */
	LEDGER_KINDS,
};

struct ledger_meta {
	int64_t now_ms;
	uint64_t next_event, next_plan, next_decision, audit_seq;
	uint8_t audit_head[32];
	uint64_t oldest_decision; /* in force; 0 = none */
	uint64_t next_job;	  /* 0 = written before jobs were kept: the first is 1 */
};

struct ledger_dispatch {
	int64_t slot_ms;
	char site[ID_MAX];
	uint32_t site_index;
	uint64_t plan_id;
};

/* The highest mean of the month for one demand charge of a site. */
struct ledger_peak {
	uint32_t site_index, charge_index;
	char site[ID_MAX], charge[ID_MAX];
	int64_t month_ms, peak_w, until_ms; /* means that end by until_ms were looked at */
};

struct ledger_blob {
	uint64_t key;
	const uint8_t *data;
	size_t len;
};

struct ledger_op {
	enum ledger_kind kind;
	union {
		const struct ledger_meta *meta;
		const struct point *point;
		const struct curve *curve;
		const struct event *event;
		const struct plan *plan;
		const struct ledger_blob *blob; /* SNAPSHOT, CONFIG */
		const struct ledger_dispatch *dispatch;
		const struct ledger_peak *peak;
		const struct decision *decision;
		const struct compute_job *job;
		const struct ledger_audit *audit;
		const struct instruction *instruction;
		const struct day_flag *day_flag;
	};
};

/* Key bytes (≤ 16) and value bytes of an op. 0 or -ENOMEM. */
int record_encode(const struct ledger_op *op, uint8_t key[16], size_t *ret_key_len,
		  struct buf *value);
/* Back, copied into a; every length and enum checked. ERR_CORRUPT, -ENOMEM. */
struct record {
	const uint8_t *key, *value;
	size_t key_len, len;
};
int record_decode(enum ledger_kind kind, const struct record *r, struct arena *a,
		  struct ledger_op *ret);
/* Does the encoded value mean that the key goes? */
bool record_is_erasure(enum ledger_kind kind, size_t len);
/* The key prefix at which a scan from from_key starts. */
size_t record_scan_key(enum ledger_kind kind, uint64_t from_key, uint8_t key[16]);
const char *record_kind_name(enum ledger_kind kind);

/* Journal records: one validated batch. */
struct sample_batch;
int record_encode_batch(const struct sample_batch *b, struct buf *out);
int record_decode_batch(const uint8_t *p, size_t len, struct arena *a, struct sample_batch *ret);

/* Audit chain (domain rule): h_n = SHA256(h_{n−1} ‖ seq_be64 ‖ len_be32 ‖ body), h_0 = SHA256("suandian-audit-v1"). */
void audit_first(uint8_t ret[32]);
void audit_next(const uint8_t prev[32], uint64_t seq, const uint8_t *body, size_t len,
		uint8_t ret[32]);
