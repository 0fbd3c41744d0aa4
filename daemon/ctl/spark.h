/* A row of numbers in one line of text. Pure. */
#pragma once

#include "base/buf.h"

/* Appends a sparkline of n values in at most `columns` columns (means where there are more values than columns).
 * Values that are not finite leave a blank. The lowest value is the lowest block; all equal gives a line in the
 * middle. `ascii` draws with _.-=+*#@ instead of blocks. */
void spark_put(struct buf *b, const double *value, size_t n, size_t columns, bool ascii);

/* A horizontal bar of `columns` cells for share 0…1 (cut to it), in eighths of a cell. */
void spark_put_bar(struct buf *b, double share, size_t columns, bool ascii);
