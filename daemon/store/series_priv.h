/* Inside of series: its tables. */
#pragma once

#include "store/series.h"

enum { SERIES_TILE, SERIES_CURSOR, SERIES_META };
#define SERIES_WATERMARK "journal_watermark"
