/* One event for people: what it asks for, its life, target against delivered. */
#pragma once

#include "ctl/ctl.h"
#include "suandian/v1/event.pb-c.h"

void eventview_print(const struct ctl *c, const Suandian__V1__EventState *e);
