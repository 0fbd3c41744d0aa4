/* What the sites of a configuration become. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct configuration;
struct site;
struct site_state;
struct asset_state;

/* A site_state for each site, with its assets and nothing else yet; NULL: out of memory. */
struct site_state *sites_list(const struct configuration *c);
/* The most that the asset takes or gives: W at the PCC, of queues IT watts. */
int64_t sites_rating_w(const struct site *s, const struct asset_state *as);
