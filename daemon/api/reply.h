/* Answers to a session's requests. All of them do nothing on one that ends. */
#pragma once

#include "api/refusal.h"
#include "api/session.h"

/* The envelope's body as it stands, under request number id. One that does not fit a frame becomes an Error{FULL}. */
void reply(struct session *s, uint64_t id, Suandian__V1__Envelope *env);
void reply_ok(struct session *s, uint64_t id);
void reply_error(struct session *s, uint64_t id, const struct refusal *r);
