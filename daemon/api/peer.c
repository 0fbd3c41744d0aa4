#include "api/peer.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NSS_BUF ((size_t)64 << 10)

static int add_group(struct peer *p, gid_t gid, char *scratch)
{
	struct group entry;
	struct group *found = NULL;

	if (getgrgid_r(gid, &entry, scratch, NSS_BUF, &found) != 0 || !found)
		return 0;
	p->groups[p->n_groups] = strdup(found->gr_name);
	if (!p->groups[p->n_groups])
		return -ENOMEM;
	p->n_groups++;
	return 0;
}

static int resolve_groups(struct peer *p, gid_t gid, char *scratch)
{
	gid_t gids[PEER_GROUPS_MAX];
	int n = PEER_GROUPS_MAX;
	int rc = 0;

	/* With more groups than fit, the first ones are what it fills in. */
	if (getgrouplist(p->user, gid, gids, &n) < 0)
		n = PEER_GROUPS_MAX;
	p->groups = calloc((size_t)n + 1, sizeof(*p->groups));
	if (!p->groups)
		return -ENOMEM;
	for (int i = 0; rc == 0 && i < n; i++)
		rc = add_group(p, gids[i], scratch);
	return rc;
}

static int resolve(struct peer *p, char *scratch)
{
	struct passwd entry;
	struct passwd *found = NULL;

	if (getpwuid_r(p->uid, &entry, scratch, NSS_BUF, &found) != 0 || !found) {
		snprintf(p->who, sizeof(p->who), "uid %u", (unsigned)p->uid);
		return 0;
	}
	gid_t gid = found->pw_gid;
	p->user = strdup(found->pw_name);
	if (!p->user)
		return -ENOMEM;
	snprintf(p->who, sizeof(p->who), "%s", p->user);
	return resolve_groups(p, gid, scratch);
}

int peer_resolve(const struct stream_peer *from, struct peer *ret)
{
	struct peer p = {.uid = from->uid, .pid = from->pid};
	char *scratch = malloc(NSS_BUF);
	int rc = scratch ? resolve(&p, scratch) : -ENOMEM;

	free(scratch);
	if (rc < 0) {
		peer_fini(&p);
		return rc;
	}
	*ret = p;
	return 0;
}

void peer_fini(struct peer *p)
{
	for (size_t i = 0; i < p->n_groups; i++)
		free(p->groups[i]);
	free((void *)p->groups);
	free(p->user);
	*p = (struct peer){0};
}

struct access_peer peer_access(const struct peer *p)
{
	return (struct access_peer){
		.user = p->user,
		.is_self = p->uid == geteuid(),
		.groups = (const char *const *)p->groups,
		.n_groups = p->n_groups,
	};
}
