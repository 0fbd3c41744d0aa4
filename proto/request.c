#include "proto/request.h"

#include <stdlib.h>
#include <string.h>

void requests_init(struct requests *r)
{
	map_init_u64(&r->by_id);
	r->n_user = r->n_kept = 0;
}

void requests_fini(struct requests *r)
{
	struct request *req;
	size_t at = 0;

	while ((req = map_next(&r->by_id, &at, NULL, NULL)))
		free(req);
	map_fini(&r->by_id);
}

/* A request of the client itself falls under no bound. */
static void count(struct requests *r, const struct request *req, bool up)
{
	size_t *n = req->how.keep ? &r->n_kept : &r->n_user;

	if (!req->own)
		*n = up ? *n + 1 : *n - 1;
}

int requests_add(struct requests *r, const struct request *head, const uint8_t *frame)
{
	struct request *req = malloc(sizeof(*req) + head->size);

	if (!req)
		return -ENOMEM;
	*req = *head;
	if (req->size)
		memcpy(req->frame, frame, req->size);
	if (map_put_u64(&r->by_id, req->id, req, NULL) < 0) {
		free(req);
		return -ENOMEM;
	}
	count(r, req, true);
	return 0;
}

struct request *requests_get(const struct requests *r, uint64_t id)
{
	return map_get_u64(&r->by_id, id);
}

struct request *requests_take(struct requests *r, uint64_t id)
{
	struct request *req = map_take_u64(&r->by_id, id);

	if (req)
		count(r, req, false);
	return req;
}

struct request *requests_take_due(struct requests *r, uint64_t before, int64_t now_ms)
{
	struct request *req;
	size_t at = 0;

	while ((req = map_next(&r->by_id, &at, NULL, NULL)))
		if (req->id < before && req->due_ms <= now_ms)
			return requests_take(r, req->id);
	return NULL;
}

struct request *requests_take_lost(struct requests *r, uint64_t before)
{
	struct request *req;
	size_t at = 0;

	while ((req = map_next(&r->by_id, &at, NULL, NULL)))
		if (req->id < before && !req->how.keep)
			return requests_take(r, req->id);
	return NULL;
}

int64_t requests_next_ms(const struct requests *r)
{
	struct request *req;
	int64_t next_ms = INT64_MAX;
	size_t at = 0;

	while ((req = map_next(&r->by_id, &at, NULL, NULL)))
		next_ms = min_i64(next_ms, req->due_ms);
	return next_ms;
}

bool request_ends(const Suandian__V1__Envelope *answer)
{
	switch (answer->body_case) {
	case SUANDIAN__V1__ENVELOPE__BODY_DECISION:
		return false;
	case SUANDIAN__V1__ENVELOPE__BODY_RANGE_CHUNK:
		return answer->range_chunk->last;
	case SUANDIAN__V1__ENVELOPE__BODY_AUDIT_CHUNK:
		return answer->audit_chunk->last;
	case SUANDIAN__V1__ENVELOPE__BODY_BACKTEST_REPORT:
		return answer->backtest_report->last;
	default:
		return true;
	}
}
