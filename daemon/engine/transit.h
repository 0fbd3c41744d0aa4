/* Work on its way to a queue while a plan is made: it has left its sender and is in nobody's backlog. */
#pragma once

#include "engine/snapshot_priv.h"

/* Adds it to work_ds[in->n] in the first step that begins when it is there, and the devices that it can keep busy from
 * then on to devices[in->n] (NULL: nobody asks). Names its source in the input. Work that should be there by now is
 * not counted: the receiver's meter has it; but a job that its scheduler has not yet reported there is. */
void transit_add(struct snapshot_builder *b, int k, int64_t *work_ds, int64_t *devices);
