/* Sites that are planned together (model/network.h); a site alone is a group of one. One run of the solver gives the
 * plans of all of a group, and they are adopted together or not at all. What is asked of a site is asked of its
 * group. */
#pragma once

#include "base/base.h"

struct configuration;
struct engine;
struct group_state;
struct groups;
struct site_state;

/* From the sites of the configuration and its network; every site gets its group. 0 or -ENOMEM. */
int groups_make(const struct configuration *c, struct site_state *sites, struct groups *ret);
void groups_free(struct groups *g);

/* Does any of its sites wait for a plan? */
bool group_wants_plan(const struct group_state *g);
/* Has the plan in force lost its claim at any of them? */
bool group_must_adopt(const struct group_state *g);
/* Counts the changes of events of all its sites. */
uint64_t group_generation(const struct group_state *g);
void group_want_plan(struct group_state *g, bool must_adopt);
/* What was wanted is under way, or done. */
void group_begin(struct group_state *g);
void group_adopted(struct group_state *g);
/* Place of the site in the group: in its region, and in the plans of a run. */
int group_index(const struct group_state *g, const struct site_state *ss);
