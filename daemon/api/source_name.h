/* For which source a session speaks in a request. */
#pragma once

#include "api/request.h"
#include "model/units.h"

/* The name given, or that of the session's Hello where it is empty. ERR_INVALID, ERR_DENIED. */
int source_name(struct request *r, const char *given, char ret[NAME_MAX_B]);
