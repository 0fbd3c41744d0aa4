/* What is expected of a point, drawn: bars, and a shade over the band up to P90. */
#pragma once

#include "ctl/ctl.h"

/* The report has an outlook whose columns are of one length. */
void outlookplot_print(const struct ctl *c, const Suandian__V1__BacktestReport *m);
