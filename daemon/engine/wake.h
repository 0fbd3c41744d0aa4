/* Asking for a tick soon. Requests change state and wake; the work is done on the tick, never inside the call. */
#pragma once

struct engine;

void wake(struct engine *e);
