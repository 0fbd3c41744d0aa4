/* Who is at the other end: the uid of SO_PEERCRED to a user and groups through NSS. May block as NSS does (asked once
 * per session, at Hello). Loop thread. */
#pragma once

#include "engine/configure.h"
#include "loop/stream.h"

#define PEER_GROUPS_MAX 64

struct peer {
	uid_t uid;
	pid_t pid;
	char *user;    /* NULL: the uid has no name */
	char **groups; /* malloc'ed names */
	size_t n_groups;
	char who[ID_MAX]; /* for logs and audit: the user's name, else "uid 1234" */
};

/* Fills *ret; a uid without a name has no groups. 0 or -ENOMEM. */
int peer_resolve(const struct stream_peer *from, struct peer *ret);
void peer_fini(struct peer *p);

/* As the configuration's rules ask about it; valid as long as p. */
struct access_peer peer_access(const struct peer *p);
