/* Sending decisions that are durable to those who subscribed, again until they answer, and how long the driven clock
 * waits for that. */
#pragma once

#include "base/base.h"

struct engine;

/* Sends what became durable, what is due again, what a queue had no room for. True if anything was sent. */
bool publish_step(struct engine *e);
/* Is an answer outstanding that the driven clock should wait for? */
bool publish_is_waiting(const struct engine *e);
/* When publish_step has something to do by real time; INT64_MAX = nothing. */
int64_t publish_due_mono_ms(const struct engine *e);
