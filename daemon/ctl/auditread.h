/* Records of the audit chain, each computed again as it comes. */
#pragma once

#include "base/sha256.h"
#include "ctl/ctl.h"
#include "suandian/v1/envelope.pb-c.h"

struct audit_read {
	uint64_t from_seq; /* 0 = 1 */
	uint32_t limit;	   /* 0 = all */
	/* false: stop looking (the rest is still read) */
	bool (*visit)(void *arg, const Suandian__V1__AuditRecord *r, bool fits);
	void *arg;
	/* what is known of the chain so far */
	bool known; /* the record before was seen, or there is none */
	uint8_t last[SHA256_LEN];
	uint64_t seq; /* of the record before */
	uint64_t read, broken;
	uint64_t extra; /* the caller's: records that it began too early */
};

/* CTL_OK or an exit status. */
int audit_read_run(struct ctl *c, struct audit_read *a);
/* The first record of that time or later: the chain's times do not descend. One above the last if there is none. */
int audit_read_first(struct ctl *c, int64_t from_ms, uint64_t *ret_seq);
