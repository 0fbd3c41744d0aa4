/* An event that needs a second person. Loop thread. */
#pragma once

#include "api/request.h"

/* Takes it if it needs one: true, and *ret_rc is the handler's answer. */
bool instruct_event(struct request *r, const struct event *event, int *ret_rc);
