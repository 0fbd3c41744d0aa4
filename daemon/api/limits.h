/* Every limit of the socket, in one place. */
#pragma once

#include "base/base.h"

#define API_MAJOR 1
#define API_MINOR 1

/* A Hello is short; nothing longer is waited for from a peer that we do not know yet. */
#define HELLO_FRAME_MAX 4096
#define HELLO_TIMEOUT_MS (10 * MS_PER_S)
/* Without a whole frame for so long a session is closed; clients keep it alive with Health. */
#define IDLE_TIMEOUT_MS (5 * MS_PER_MIN)
/* A frame that has begun must be whole by then: a peer that dribbles does not hold a megabyte for ever. */
#define FRAME_TIMEOUT_MS (30 * MS_PER_S)
/* Of the cap on sessions, the share that may be connections without a Hello: 1/4. */
#define HELLO_SHARE 4

/* Requests without an answer; more are not read until some are answered. */
#define IN_FLIGHT_MAX 64
/* Of those, streams (QueryRange, ReadAudit, VerifyAudit) and decision subscriptions. */
#define TASKS_MAX 8
/* Backtests at a time, of all sessions together: each holds a year of slots and works on the loop thread. */
#define BACKTESTS_MAX 8
/* Replays and what-ifs of one user that wait for the solver; the engine has eight places for all. */
#define STUDIES_PER_USER 4
#define SUBSCRIPTIONS_MAX 8
#define SUBSCRIPTION_ASSETS_MAX 64
/* After so many refused calls a session is closed: each of them is a record in the audit chain. */
#define REFUSALS_MAX 64
/* Records of refusals in the audit chain, of all peers together: so many at once, then one per this time. Those in
 * between are counted, and the next record says how many. */
#define REFUSAL_BURST 256
#define REFUSAL_EVERY_MS 250

#define BATCH_SAMPLES_MAX 10000
#define SOURCES_MAX 16 /* that one session speaks for */
#define LAYOUTS_MAX 256
#define LAYOUT_NUMBER_MAX 65535
#define LAYOUT_POINTS_MAX 10000
#define DECLARE_MAX 4096

/* Bytes of PushSamples that may be unacknowledged: this much per session when the disk keeps up, shrinking to the
 * least as all sessions together come near the store's own bound. */
#define CREDIT_MAX ((uint64_t)256 << 10)
#define CREDIT_MIN ((uint64_t)16 << 10)
#define UNACKED_MAX ((uint64_t)8 << 20)
/* Frames that a client may have unacknowledged, credit or not; beyond it is not read. */
#define UNACKED_FRAMES_MAX 8192
/* A session that was stopped because the disk is behind looks again after so long if no ack came before. */
#define RETRY_MS 50

/* Samples from the past are welcome (replays); from the future only so far, for clocks differ. */
#define SAMPLE_AHEAD_MS MS_PER_DAY
/* Bounds of times that a request may name: the years 1970 to 2200. */
#define TIME_MAX_MS INT64_C(7258118400000)

#define RANGE_CHUNK 4096
#define AUDIT_CHUNK_RECORDS 256
#define AUDIT_CHUNK_BYTES ((size_t)128 << 10)
#define VERIFY_SLICE 512
#define DECISIONS_DEFAULT 100
#define DECISIONS_MAX 1000

/* Memory of one answer while it is made. */
#define ANSWER_ARENA_MAX ((size_t)32 << 20)
