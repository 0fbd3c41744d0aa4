/* Inside of site_check(): cooling, curves and pools of queues, feeders, rations. Pure. */
#pragma once

#include "model/site_fault.h"

void site_check_cooling(struct site_checker *c, int i);
/* Curve, tier, pool. */
void site_check_work(struct site_checker *c, int i);
/* All feeders: a forest whose assets exist and hang on one of them only. */
void site_check_feeders(struct site_checker *c);
void site_check_rations(struct site_checker *c);
void site_check_carbon(struct site_checker *c);
