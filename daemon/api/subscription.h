/* Decisions on their way to a session that asked for them. Loop thread. */
#pragma once

#include "api/request.h"

/* Asset patterns are checked by the caller. ERR_FULL, ERR_EXISTS (the id), the engine's refusal. */
int subscription_new(struct request *r, const char *const *patterns, size_t n, uint64_t after_id);

/* world.send: 0; -EAGAIN: its queue is full, subscriber_ready follows; ERR_CLOSED: nobody of that number. */
int subscription_send(struct core *core, uint64_t subscriber, const struct decision *d);
