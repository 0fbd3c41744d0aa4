/* Where the frozen frames are, and what the frozen frame of a body is called. */
#pragma once

#include <stdio.h>

#include "made.h"

/* Version of the protocol whose frames are made now. */
#define GOLDEN_VERSION "1.1"

/* "hello", or "put_event.1" where variants > 1. */
static inline void golden_name(char *out, size_t n, const ProtobufCFieldDescriptor *body,
			       uint32_t variant, uint32_t variants)
{
	if (variants == 1)
		snprintf(out, n, "%s", body->name);
	else
		snprintf(out, n, "%s.%u", body->name, variant);
}
