/* A client of the daemon that outlives its connections (proto/client.h driven by poll), several of them pumped
 * together, so that one test can wait for a quiescent clock on one while acknowledging decisions on another. One
 * thread. Fails the test (Check) where something does not work. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "proto/client.h"

struct link;

/* Connects and waits for the Welcome. epoch: 0 for who pushes nothing. */
struct link *link_open(const char *path, const char *role, const char *name, uint64_t epoch);
struct client *link_client(struct link *l);
/* Is there a connection? */
bool link_is_up(const struct link *l);
/* Connects anew after the daemon went; waits for the Welcome. */
void link_reconnect(struct link *l);
void link_close(struct link *l);

/* Numbers of the points declared last; NULL before the answer. */
const uint32_t *link_points(const struct link *l, size_t *ret_n);
/* Decisions that came since the last call; every one is acknowledged ACCEPTED and APPLIED as it comes. */
size_t link_take_decisions(struct link *l);

/* Reads and writes on all links until done(arg), asked after everything that happened. False after timeout_ms. */
bool link_pump(bool (*done)(void *arg), void *arg, int64_t timeout_ms);
/* Every pushed sample of the link acknowledged. */
bool link_flush(struct link *l, int64_t timeout_ms);

/* A request and its answer: 0 with *ret (valid until the next call with l), or the daemon's code with the fault text in
 * link_fault(). For streams: the parts so far are given to on_part, the call returns at the last one. */
int link_call(struct link *l, Suandian__V1__Envelope *env, const Suandian__V1__Envelope **ret);
int link_stream(struct link *l, Suandian__V1__Envelope *env,
		void (*on_part)(void *arg, const Suandian__V1__Envelope *part), void *arg);
const char *link_fault(const struct link *l);
/* The code of the last fault that belongs to no call (a refused batch or declaration, a Goodbye), 0 = none. */
int link_noted(const struct link *l);
