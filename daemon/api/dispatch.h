/* From a request to its handler: one table of body number, roles, handler. Loop thread. */
#pragma once

#include "api/session.h"

/* session_ops.on_request. A number that the table does not hold is answered UNIMPLEMENTED, a caller without the role
 * DENIED (and into the audit chain). */
int dispatch_request(struct session *s, const Suandian__V1__Envelope *env);
