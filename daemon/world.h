/* The real world behind the engine: loop and its clocks, the store, one solver lane, subscribers over the socket.
 * Implements engine/world.h; see there for what each call means. Loop thread. */
#pragma once

#include "engine/world.h"
#include "loop/group.h"
#include "store/store.h"

struct server;
struct outside;

/* Opens the store (blocking) and starts clock and solver. The engine is told of completions once bound. On failure
 * *ret is what there is of it, to be closed all the same; NULL if there is nothing. */
int outside_open(struct loop *loop, const struct store_settings *store, struct outside **ret,
		 struct fault *f);
struct world outside_world(struct outside *o);

/* To whom completions go, and where decisions are sent; both outlive the outside's close. */
void outside_bind(struct outside *o, struct engine *engine);
void outside_bind_server(struct outside *o, struct server *server);

struct store *outside_store(struct outside *o);

/* Finishes what the store has, stops the solver, then closed(arg); the engine is not called after that. */
void outside_close(struct outside *o, closed_cb closed, void *arg);
/* After closed. */
void outside_free(struct outside *o);
