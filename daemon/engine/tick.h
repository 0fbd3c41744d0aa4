/* The engine's beat: goes round all rooms until none has anything to do. */
#pragma once

struct engine;

void tick_run(struct engine *e);
