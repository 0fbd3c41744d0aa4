/* Who hears of decisions for which assets. */
#pragma once

#include "engine/state.h"

void subscribe_init(struct engine *e);
void subscribe_fini(struct engine *e);
bool subscribe_matches(const struct subscriber *sub, const char *asset);
/* Is anybody subscribed to the asset? with_silent false: who still answers. */
bool subscribe_covers(const struct engine *e, const char *asset, bool with_silent);
/* An ack for the asset came: its subscribers are alive. */
void subscribe_heard(struct engine *e, const char *asset);
/* "site/asset", "site/…*" or "" (all). */
bool subscribe_pattern_fits(const char *pattern, const char *asset);
