/* Encoded batches that the daemon does not have on disk yet: waiting for credit, or on the wire. Part of the
 * client. Bounded in bytes; when it is full the oldest waiting batch goes. One thread at a time. */
#pragma once

#include "base/list.h"

struct batch {
	struct list node;
	uint64_t seq;
	uint64_t id; /* of its envelope */
	size_t samples;
	bool sent_before; /* on an earlier connection */
	size_t size;
	uint8_t frame[]; /* with its length prefix */
};

struct spool {
	struct list waiting,
		in_flight; /* each ascending in seq; all in flight are older than all waiting */
	size_t cap, bytes, in_flight_bytes;
	uint64_t credit;
	/* since init */
	uint64_t acked, dropped, dropped_samples, refused, resent;
};

void spool_init(struct spool *s, size_t cap);
void spool_fini(struct spool *s);

/* A copy of the frame at the end of what waits. Makes room by dropping the oldest waiting batches; where that would
 * not be enough (too much is on the wire) only the new batch itself is dropped. 0 or -ENOMEM. */
int spool_add(struct spool *s, const struct batch *head, const uint8_t *frame);

/* The next batch that credit allows on the wire, moved there; NULL if none. While credit is not 0, one batch may
 * always be outstanding, however large. The pointer is valid until the next call of anything here. */
const struct batch *spool_send(struct spool *s);

/* Everything up to seq is on disk. */
void spool_ack(struct spool *s, uint64_t seq);
/* The daemon refused this batch for good: true if it was here. */
bool spool_refuse(struct spool *s, uint64_t seq);
/* The connection is gone: what was on the wire waits again, and there is no credit until a Welcome. */
void spool_rewind(struct spool *s);

static inline bool spool_is_empty(const struct spool *s)
{
	return s->bytes == 0;
}
