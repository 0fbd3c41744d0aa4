/* A plan as a plot in text: one panel per quantity under each other, one axis of local time. Readable without
 * colour and, with out.ascii, without Unicode. */
#pragma once

#include "ctl/planview.h"

void planplot_print(const struct ctl *c, const struct planview *v,
		    const Suandian__V1__EventList *events);
