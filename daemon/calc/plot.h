/* A plan as a drawing in text: what is bought and sold, what every storage and load does, under one axis of steps.
 * Readable without colour and, with `ascii`, without Unicode. Pure. */
#pragma once

#include "base/buf.h"
#include "calc/exact.h"

/* Appends the drawing; errors are the buffer's. */
void plot_variant(struct buf *b, const struct case_variant *v, const struct exact *x, int width,
		  bool ascii);
