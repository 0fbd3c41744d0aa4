/* The inside of struct client, shared by the files client*.c and by nobody else. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "proto/client.h"
#include "proto/lease.h"
#include "proto/request.h"
#include "proto/spool.h"

struct layout {
	uint32_t *point; /* malloc'ed */
	size_t n;
	bool refused;
	struct client *client;
};

/* A message that is sent again after every Welcome: NULL until there is one. */
struct standing {
	struct arena arena;
	ProtobufCMessage *message;
};

struct client {
	char *role, *name, *build;
	uint64_t epoch;
	int64_t hello_timeout_ms;
	struct client_events events;

	enum client_state state;
	struct fault fault;
	int64_t now_ms;	      /* the latest that we were told */
	int64_t hello_due_ms; /* state HELLO */
	bool driven;
	int64_t engine_ms;

	struct buf in;	    /* the beginning of a frame whose rest is missing */
	struct buf out;	    /* whole frames, the first perhaps written in part */
	struct buf scratch; /* one frame while it is built */
	struct arena decoded, building;

	struct requests requests;
	uint64_t next_id; /* never 0, never used twice in the life of the client */

	/* from Welcome */
	uint32_t max_in_flight, max_batch, idle_timeout_ms;
	size_t max_frame;
	/* keeping an idle connection alive */
	bool wrote;
	int64_t beat_ms;

	struct standing points, subscription;
	struct layout layouts[CLIENT_LAYOUTS_MAX];
	size_t n_layouts;
	struct spool spool;
	uint64_t last_seq, sent_seq, acked_seq;

	struct leases leases;
	uint64_t subscription_id; /* of the request on this connection; 0 = none */
	bool widened; /* subscribed to other assets, whose decisions in force may have lesser ids */

	struct client_stats stats;
};

/* client.c */
void client_set_now(struct client *c, int64_t now_ms);
void client_set_limits(struct client *c, const Suandian__V1__Limits *l);
void client_keep_alive(struct client *c);
void client_end_leases(struct client *c);
/* State CLOSING: tells the user and returns code. */
int client_fail(struct client *c, int code, const char *prefix, const char *text);
void client_note(struct client *c, const struct fault *fault);
/* A request of the client itself; -ENOMEM and others as client_request(). Required: READY. */
int client_request_own(struct client *c, Suandian__V1__Envelope *env, client_answer_cb on_answer,
		       void *arg, uint64_t *ret_id);
/* Keeps a copy of `message` in place of the one before. ERR_INVALID: does not fit a frame; -ENOMEM. */
int client_stand(struct client *c, struct standing *s, const ProtobufCMessage *message);
/* The clock that leases run on. */
int64_t client_lease_now_ms(const struct client *c);

/* client_samples.c */
int client_samples_open(struct client *c); /* declarations and layouts after a Welcome */
void client_samples_acked(struct client *c, const Suandian__V1__SamplesAck *ack);
/* True if the error was about a batch of ours. */
bool client_samples_refused(struct client *c, const Suandian__V1__Error *error);
void client_samples_fini(struct client *c);

/* client_decisions.c */
int client_decisions_open(struct client *c); /* the subscription after a Welcome */
void client_decisions_end(struct client *c, int64_t lease_now_ms);

/* client_requests.c */
void client_requests_answer(struct client *c, const Suandian__V1__Envelope *env);
int client_requests_open(struct client *c); /* what is kept, after a Welcome */
void client_requests_lost(struct client *c);
void client_requests_due(struct client *c);
