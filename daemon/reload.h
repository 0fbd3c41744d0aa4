/* What SIGHUP does in this version: the configuration is read and checked as a start would, every fault is shown, and
 * what differs from the one in force is named, for it takes effect at the next start. */
#pragma once

#include "engine/configure.h"

void reload_check(const char *path, const struct configuration *now);
