#include "api/pending.h"

#include <stdlib.h>

#include "api/reply.h"

static void free_pending(struct pending *p)
{
	if (p->session) {
		list_remove(&p->attachment.node);
		session_end_request(p->session);
	}
	list_remove(&p->all);
	free(p->data);
	free(p);
}

static void on_detach(struct attachment *a)
{
	container_of(a, struct pending, attachment)->session = NULL;
}

static const struct attachment_ops ops = {.detach = on_detach};

static void on_called(struct waiter *w, int rc, const struct fault *f)
{
	struct pending *p = container_of(w, struct pending, waiter);
	struct refusal r = {0};

	if (p->session && session_is_open(p->session)) {
		if (rc == 0) {
			p->answer(p);
		} else {
			refuse(&r, rc, "", "%s", f && f->text[0] ? f->text : err_text(rc));
			reply_error(p->session, p->id, &r);
		}
	}
	free_pending(p);
}

struct pending *pending_new(struct request *r, void (*answer)(struct pending *p))
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->waiter.fn = on_called;
	p->core = r->core;
	p->session = r->session;
	p->answer = answer;
	p->id = r->id;
	session_attach(r->session, &p->attachment, &ops, r->id);
	list_insert(&r->core->pendings, &p->all);
	session_begin_request(r->session);
	return p;
}

void pending_drop(struct pending *p)
{
	free_pending(p);
}

void pending_ok(struct pending *p)
{
	reply_ok(p->session, p->id);
}

void pending_free_all(struct core *core)
{
	list_foreach(it, &core->pendings) free_pending(list_entry(it, struct pending, all));
}
