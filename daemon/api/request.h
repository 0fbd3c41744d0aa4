/* One request while it is handled. */
#pragma once

#include "api/refusal.h"
#include "api/session.h"

struct request {
	struct session *session;
	struct core *core;
	struct engine *engine;
	const Suandian__V1__Envelope *env;
	uint64_t id;
	struct arena *
		arena; /* the frame's: what is made of its values lives here, until the handler returns */
	struct refusal refusal; /* filled by whoever returns an error */
};

/* Answers, or sees to it that it will be answered, and returns 0; or an error with r->refusal filled, which is then
 * sent; or SESSION_AGAIN. */
typedef int (*handler)(struct request *r);
