/* Envelopes onto a stream. Loop thread. */
#pragma once

#include "api/core.h"
#include "api/refusal.h"
#include "loop/stream.h"
#include "suandian/v1/envelope.pb-c.h"

/* One that does not fit a frame becomes an Error{FULL} of the same id; out of memory closes the stream. */
void send_envelope(struct core *core, struct stream *stream, const Suandian__V1__Envelope *env);
void send_error(struct core *core, struct stream *stream, uint64_t id, const struct refusal *r);
