/* The first message: version, role, name. Loop thread. */
#pragma once

#include "api/session.h"

/* Answers Welcome and lets the session in; or an Error, and ends it. */
void hello_handle(struct session *s, const Suandian__V1__Envelope *env);
