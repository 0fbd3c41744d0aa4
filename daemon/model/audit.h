/* One record of the audit chain: h_n = SHA256(h_{n−1} ‖ seq_be64 ‖ len_be32 ‖ body), h_0 = SHA256("suandian-audit-v1")
 * (domain rule). Pure. */
#pragma once

#include "base/base.h"

#define AUDIT_CHAIN_SEED "suandian-audit-v1"

/* Where the chain ends: the number and the hash of its last record; 0 and h_0 of an empty one. */
struct audit_end {
	uint64_t seq;
	uint8_t head[32];
};

struct ledger_audit {
	uint64_t seq;
	const uint8_t *body; /* canonical JSON */
	size_t len;
	uint8_t hash[32];
};
