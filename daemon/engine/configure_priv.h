/* Inside of configure: what configuration_free() needs to know beside the public part. */
#pragma once

#include "base/arena.h"
#include "engine/configure.h"

struct configure_owned {
	struct configuration c;
	struct arena arena;
};
