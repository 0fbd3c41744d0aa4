/* Engine time: the wall clock, or the driven one that moves only when told and only when all is quiet. */
#pragma once

#include "base/base.h"

struct engine;

/* Engine time begins with the start. */
void clock_start(struct engine *e);
/* Wall: follows; driven: one step of the advance under way. True if anything became due or moved. */
bool clock_step(struct engine *e);
/* Arms the world for the next engine and real time at which there is something to do. */
void clock_arm(struct engine *e);
/* An advance under way will not finish. */
void clock_abandon(struct engine *e, int rc);
