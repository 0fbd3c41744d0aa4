/* What a request to the daemon asks for, and what comes back. Part of the client's interface. */
#pragma once

#include "base/err.h"
#include "suandian/v1/envelope.pb-c.h"

struct client_answer {
	int code;		   /* 0, or what went wrong: ERR_TIMEOUT, ERR_CLOSED, or the code of
					      the daemon's Error */
	const struct fault *fault; /* its text (and field), NULL if code is 0 */
	const Suandian__V1__Envelope
		*env; /* the answer; NULL if there is none; also set for an Error */
	bool last;    /* no further call for this request */
};
typedef void (*client_answer_cb)(void *arg, const struct client_answer *answer);

struct client_request {
	client_answer_cb on_answer; /* may be NULL */
	void *arg;
	int64_t timeout_ms; /* until the answer, or between parts of a stream; 0 = default, < 0 = none */
	bool keep; /* sent again after a reconnect until it is answered (the request must be idempotent:
			       PushCurve, PutEvent, AckDecision); may then be made in any state, has no time-out */
};
