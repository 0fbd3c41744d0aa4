/* Inside of store: what its life (store_open.c) and its work (store.c) share. */
#pragma once

#include "loop/group.h"
#include "store/committer.h"
#include "store/ledger.h"
#include "store/sealer.h"
#include "store/store.h"

/* A batch that is not on disk yet; in the order of submission, as the committer's answers come. */
struct pending {
	struct list node;
	struct source *source;
	uint64_t epoch, seq;
};

enum { LANES = 3 };

struct store {
	struct loop *loop;
	struct lane *lanes[LANES]; /* of committer, ledger, sealer */
	struct store_settings settings;
	char *path;
	int lock_fd;
	struct committer *committer;
	struct ledger *ledger;
	struct sealer *sealer;
	struct list pending;
	store_done_cb journaled, committed;
	void *cb_arg;
	uint32_t (*rank)(void *arg, const char *source, uint32_t point);
	void *rank_arg;
	/* closing */
	bool closing;
	int busy; /* writers that have not finished */
	struct group group;
	void (*closed)(void *arg);
	void *closed_arg;
};
