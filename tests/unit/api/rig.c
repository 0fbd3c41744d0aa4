#include "rig.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fake_engine.h"
#include "loop/unixsock.h"
#include "proto/codec.h"
#include "proto/frame.h"
#include "testlib/tmpdir.h"

#define PATIENCE_MS 20000

void rig_start(struct rig *r)
{
	const char *dir = tmpdir_new();
	struct fault f = {0};

	*r = (struct rig){0};
	log_set_level(LOG_ERROR);
	fake_reset();
	r->paths[SERVER_CONTROL] = tmpdir_path(dir, "c");
	r->paths[SERVER_ADAPTER] = tmpdir_path(dir, "a");
	ck_assert_int_eq(loop_new(&r->loop), 0);
	ck_assert_int_eq(server_new(r->loop, fake_engine(), "test", &r->server), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			server_listen_path(r->server, (enum server_door)i, r->paths[i], &f), 0);
}

static void on_closed(void *arg)
{
	((struct rig *)arg)->closed = true;
}

void rig_stop(struct rig *r)
{
	server_stop(r->server);
	server_close(r->server, on_closed, r);
	while (!r->closed && loop_step(r->loop, true))
		;
	ck_assert(r->closed);
	server_free(r->server);
	loop_free(r->loop);
	free(r->paths[0]);
	free(r->paths[1]);
}

void rig_turn(struct rig *r)
{
	for (int i = 0; i < 20; i++)
		(void)loop_step(r->loop, false);
}

void peer_connect(struct rig *r, enum server_door door, struct peer_end *ret)
{
	*ret = (struct peer_end){.rig = r};
	buf_init(&ret->in, 0);
	arena_init(&ret->arena, (size_t)64 << 20);
	ck_assert_int_eq(unixsock_connect(r->paths[door], &ret->fd), 0);
}

void peer_close(struct peer_end *p)
{
	close(p->fd);
	buf_fini(&p->in);
	arena_fini(&p->arena);
	rig_turn(p->rig);
}

void peer_send_bytes(struct peer_end *p, const void *bytes, size_t n)
{
	const char *at = bytes;
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;

	while (n > 0) {
		ssize_t sent = send(p->fd, at, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EPIPE)
			return;
		ck_assert(sent >= 0 || errno == EAGAIN);
		ck_assert_int_lt(clock_mono_ms(), until_ms);
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		}
		(void)loop_step(p->rig->loop, false);
	}
}

void peer_send(struct peer_end *p, uint64_t id, Suandian__V1__Envelope *env)
{
	struct buf b;

	buf_init(&b, 0);
	env->id = id;
	ck_assert_int_eq(codec_encode(&b, env), 0);
	peer_send_bytes(p, buf_peek(&b), buf_avail(&b));
	buf_fini(&b);
}

/* 1: something came, 0: nothing yet, -1: the end. */
static int receive(struct peer_end *p)
{
	uint8_t *to = buf_reserve(&p->in, 65536);
	ssize_t n;

	ck_assert_ptr_nonnull(to);
	n = recv(p->fd, to, 65536, MSG_DONTWAIT);
	if (n > 0)
		buf_commit(&p->in, (size_t)n);
	return n > 0 ? 1 : n < 0 && errno == EAGAIN ? 0 : -1;
}

const Suandian__V1__Envelope *peer_next(struct peer_end *p)
{
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
	Suandian__V1__Envelope *env;
	struct frame f;

	for (;;) {
		enum frame_status status = frame_split(buf_peek(&p->in), buf_avail(&p->in), &f);

		ck_assert_int_ne(status, FRAME_MALFORMED);
		if (status == FRAME_READY)
			break;
		(void)loop_step(p->rig->loop, false);
		if (receive(p) < 0)
			return NULL;
		ck_assert_int_lt(clock_mono_ms(), until_ms);
	}
	arena_reset(&p->arena);
	ck_assert_int_eq(codec_decode(&p->arena, f.body, f.len, &env, NULL), 0);
	buf_consume(&p->in, f.size);
	return env;
}

bool peer_is_silent(struct peer_end *p)
{
	rig_turn(p->rig);
	return buf_avail(&p->in) == 0 && receive(p) == 0;
}

void peer_hello(struct peer_end *p, uint32_t major, const char *role, const char *name)
{
	Suandian__V1__Hello body = SUANDIAN__V1__HELLO__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	body.api_major = major;
	body.role = (char *)role;
	body.name = (char *)name;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HELLO;
	env.hello = &body;
	peer_send(p, 1, &env);
}

void peer_enter(struct rig *r, enum server_door door, const char *role, const char *name,
		struct peer_end *ret)
{
	const Suandian__V1__Envelope *env;

	peer_connect(r, door, ret);
	peer_hello(ret, 1, role, name);
	ck_assert_answer(env, ret, WELCOME);
	ck_assert_str_eq(env->welcome->role, role);
}
