/* Health is put together when somebody asks, and looked at once in every planning cycle, so that "since" is true and a
 * change is in the log even if nobody asks. */
#pragma once

struct engine;

/* Remembers what is wrong now; says in the log if the state changed. */
void health_look(const struct engine *e);
