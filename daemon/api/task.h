/* An answer in many parts, or after much work: one step per tick, none while the peer does not read. Loop thread. */
#pragma once

#include "api/request.h"

#define TASK_MORE 1

struct task {
	struct attachment attachment;
	struct session *session;
	struct defer next;
	uint64_t id; /* of the request */
	/* One slice of work, sending what it made. TASK_MORE, 0: done, or an error with the refusal filled. */
	int (*step)(struct task *t, struct refusal *r);
	/* It ends, whatever the way: for what the caller's struct owns. NULL = nothing. */
	void (*gone)(struct task *t);
};

/* size >= sizeof(struct task), which begins the caller's struct. Zeroed, started by the next tick. ERR_FULL (too many
 * of this session), ERR_EXISTS (this id is still being answered), -ENOMEM. */
int task_new(struct request *r, size_t size, int (*step)(struct task *t, struct refusal *r),
	     struct task **ret);
