/* Requests without a final answer yet, by id. Part of the client; sends nothing itself. One thread at a time. */
#pragma once

#include "base/map.h"
#include "proto/answer.h"

struct request {
	uint64_t id;
	struct client_request how;
	int64_t due_ms; /* INT64_MAX = no time-out */
	bool stream;	/* has many answers and can be unsubscribed */
	bool own;	/* the client's, not its user's: outside max_in_flight */
	size_t size;	/* of frame; 0 = not kept */
	uint8_t frame[];
};

struct requests {
	struct map by_id; /* struct request * */
	size_t n_user;	  /* not own and not kept */
	size_t n_kept;
};

void requests_init(struct requests *r);
void requests_fini(struct requests *r);

/* Copies `head`, and the frame where head->size is not 0. 0 or -ENOMEM. */
int requests_add(struct requests *r, const struct request *head, const uint8_t *frame);
struct request *requests_get(const struct requests *r, uint64_t id);
/* Removes; the caller frees it with free(). NULL if unknown. */
struct request *requests_take(struct requests *r, uint64_t id);

/* Removes and returns one with an id below `before` that is due at now_ms; NULL: none. */
struct request *requests_take_due(struct requests *r, uint64_t before, int64_t now_ms);
/* Removes and returns one with an id below `before` that is not kept; NULL: none. */
struct request *requests_take_lost(struct requests *r, uint64_t before);
int64_t requests_next_ms(const struct requests *r);

/* Is this answer the last one of its request? Decisions go on until Unsubscribe, chunks until they say so. */
bool request_ends(const Suandian__V1__Envelope *answer);
