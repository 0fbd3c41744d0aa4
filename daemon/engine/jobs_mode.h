/* What the jobs of a queue are told while their site is not in the mode auto. */
#pragma once

#include "model/instruction.h"

struct engine;
struct job_queue;

/* hold: what has a term (pauses, holds, caps) is renewed, nothing new is said. advisory: what was paused or slowed goes
 * on, told once; what was held back starts as its lease ends. by: the instruction that set the mode. Into the open
 * batch; true if any order was given or renewed. */
bool jobs_mode(struct engine *e, struct job_queue *jq, enum site_mode mode,
	       const struct instruction *by);
