#include "ctl/spark.h"

#include <math.h>

/* Mean of the finite values that fall into column c of `columns`; NAN if there is none. */
static double column_mean(const double *value, size_t n, size_t c, size_t columns)
{
	size_t from = c * n / columns, to = (c + 1) * n / columns, count = 0;
	double sum = 0;

	for (size_t i = from; i < (to > from ? to : from + 1); i++) {
		if (!isfinite(value[i]))
			continue;
		sum += value[i];
		count++;
	}
	return count ? sum / (double)count : NAN;
}

static const char *level_of(double share, bool ascii)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const plain[] = {"_", ".", "-", "=", "+", "*", "#", "@"};
	int level = (int)lround(share * 7);

	level = level < 0 ? 0 : level > 7 ? 7 : level;
	return ascii ? plain[level] : blocks[level];
}

void spark_put(struct buf *b, const double *value, size_t n, size_t columns, bool ascii)
{
	double lo = INFINITY, hi = -INFINITY;

	columns = columns < n ? columns : n;
	for (size_t c = 0; c < columns; c++) {
		double mean = column_mean(value, n, c, columns);

		lo = mean < lo ? mean : lo;
		hi = mean > hi ? mean : hi;
	}
	for (size_t c = 0; c < columns; c++) {
		double mean = column_mean(value, n, c, columns);

		if (!isfinite(mean))
			buf_printf(b, " ");
		else
			buf_printf(b, "%s",
				   level_of(hi > lo ? (mean - lo) / (hi - lo) : 0.5, ascii));
	}
}

void spark_put_bar(struct buf *b, double share, size_t columns, bool ascii)
{
	static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	size_t eighths, full;

	share = isfinite(share) ? fmin(fmax(share, 0), 1) : 0;
	eighths = (size_t)lround(share * (double)columns * 8);
	full = eighths / 8;
	for (size_t i = 0; i < full; i++)
		buf_printf(b, "%s", ascii ? "#" : "█");
	if (!ascii)
		buf_printf(b, "%s", parts[eighths % 8]);
}
