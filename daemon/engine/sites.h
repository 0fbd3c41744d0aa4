/* What the sites of a configuration become. */
#pragma once

#include <stddef.h>

struct configuration;
struct site_state;

/* A site_state for each site, with its assets and nothing else yet; NULL: out of memory. */
struct site_state *sites_list(const struct configuration *c);
