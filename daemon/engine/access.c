/* Who may do what: the access part of engine/configure.h. */
#include <string.h>

#include "engine/configure.h"

const char *access_role_name(enum access_role r)
{
	static const char *const names[] = {"observe", "operate", "admin",
					    "adapter", "approve", "audit"};

	return (unsigned)r < ARRAY_SIZE(names) ? names[r] : "?";
}

static bool is_member(const struct access_peer *peer, const char *group)
{
	for (size_t i = 0; i < peer->n_groups; i++) {
		if (strcmp(peer->groups[i], group) == 0)
			return true;
	}
	return false;
}

/* A rule is about whoever it names; configuration lets it name one. */
static bool is_about(const struct access_rule *rule, const struct access_peer *peer)
{
	if (rule->self && peer->is_self)
		return true;
	if (rule->user[0] && peer->user && strcmp(peer->user, rule->user) == 0)
		return true;
	return rule->group[0] && is_member(peer, rule->group);
}

/* Roles that imply the role: those above it. What stands beside implies nothing and is implied by nothing. */
static uint32_t roles_with(enum access_role role)
{
	uint32_t mask = UINT32_C(1) << role;

	if (role == ROLE_OBSERVE)
		mask |= UINT32_C(1) << ROLE_OPERATE | UINT32_C(1) << ROLE_ADMIN;
	else if (role == ROLE_OPERATE)
		mask |= UINT32_C(1) << ROLE_ADMIN;
	return mask;
}

static bool allows_source(const struct access_rule *rule, const char *source)
{
	if (rule->any_adapter || !source)
		return rule->any_adapter || rule->n_adapters > 0;
	for (int i = 0; i < rule->n_adapters; i++) {
		if (strcmp(rule->adapters[i], source) == 0)
			return true;
	}
	return false;
}

bool configuration_allows(const struct configuration *c, const struct access_peer *peer,
			  enum access_role role, const char *source)
{
	for (size_t i = 0; i < c->n_rules; i++) {
		const struct access_rule *rule = &c->rules[i];

		if (!(rule->roles & roles_with(role)) || !is_about(rule, peer))
			continue;
		if (role != ROLE_ADAPTER || allows_source(rule, source))
			return true;
	}
	return false;
}
