#include "proto/spool.h"

#include <check.h>
#include <string.h>

#include "base/err.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static struct spool spool;

static void setup(void)
{
	spool_init(&spool, 1000);
	spool.credit = 100000;
}

static void teardown(void)
{
	spool_fini(&spool);
}

static uint8_t zeros[4096];

static void add(uint64_t seq, size_t size)
{
	struct batch head = {.seq = seq, .id = 1000 + seq, .samples = 10, .size = size};

	zeros[0] = (uint8_t)seq;
	ck_assert_int_eq(spool_add(&spool, &head, zeros), 0);
}

/* The next batch goes on the wire; its seq, 0 if none may. */
static uint64_t send_one(void)
{
	const struct batch *b = spool_send(&spool);

	if (!b)
		return 0;
	ck_assert_uint_eq(b->id, 1000 + b->seq);
	ck_assert_uint_eq(b->frame[0], (uint8_t)b->seq);
	return b->seq;
}

START_TEST(batches_go_out_in_order_and_leave_when_acknowledged)
{
	for (uint64_t seq = 1; seq <= 4; seq++)
		add(seq, 100);
	ck_assert_uint_eq(spool.bytes, 400);
	ck_assert_uint_eq(send_one(), 1);
	ck_assert_uint_eq(send_one(), 2);
	ck_assert_uint_eq(spool.in_flight_bytes, 200);
	spool_ack(&spool, 1);
	ck_assert_uint_eq(spool.in_flight_bytes, 100);
	ck_assert_uint_eq(spool.bytes, 300);
	ck_assert_uint_eq(send_one(), 3);
	spool_ack(&spool, 3);
	ck_assert_uint_eq(spool.acked, 3);
	ck_assert_uint_eq(send_one(), 4);
	ck_assert_uint_eq(send_one(), 0);
	spool_ack(&spool, 4);
	ck_assert(spool_is_empty(&spool));
	spool_ack(&spool, 4);
	ck_assert_uint_eq(spool.acked, 4);
}
END_TEST

START_TEST(credit_bounds_what_is_on_the_wire_but_lets_one_pass)
{
	spool.credit = 150;
	add(1, 100);
	add(2, 100);
	add(3, 300);
	ck_assert_uint_eq(send_one(), 1);
	ck_assert_uint_eq(send_one(), 0);
	spool_ack(&spool, 1);
	ck_assert_uint_eq(send_one(), 2);
	spool_ack(&spool, 2);
	/* larger than all the credit, but alone */
	ck_assert_uint_eq(send_one(), 3);
	spool_ack(&spool, 3);
	add(4, 10);
	spool.credit = 0;
	ck_assert_uint_eq(send_one(), 0);
}
END_TEST

START_TEST(what_is_on_the_wire_takes_at_most_half_of_the_room)
{
	for (uint64_t seq = 1; seq <= 10; seq++)
		add(seq, 100);
	for (uint64_t seq = 1; seq <= 5; seq++)
		ck_assert_uint_eq(send_one(), seq);
	ck_assert_uint_eq(send_one(), 0);
}
END_TEST

START_TEST(a_full_spool_drops_its_oldest_that_wait)
{
	for (uint64_t seq = 1; seq <= 10; seq++)
		add(seq, 100);
	ck_assert_uint_eq(send_one(), 1);
	add(11, 150);
	ck_assert_uint_eq(spool.dropped, 2);
	ck_assert_uint_eq(spool.dropped_samples, 20);
	ck_assert_uint_eq(spool.bytes, 950);
	ck_assert_uint_eq(send_one(), 4);
	/* an ack past the gap is the daemon's word on what is lost */
	spool_ack(&spool, 4);
	ck_assert_uint_eq(send_one(), 5);
}
END_TEST

START_TEST(a_batch_that_can_never_fit_costs_no_other)
{
	for (uint64_t seq = 1; seq <= 5; seq++)
		add(seq, 100);
	add(6, 1001);
	ck_assert_uint_eq(spool.dropped, 1);
	ck_assert_uint_eq(spool.bytes, 500);
	ck_assert_uint_eq(send_one(), 1);
	/* nor one that what is on the wire leaves no room for */
	add(7, 901);
	ck_assert_uint_eq(spool.dropped, 2);
	ck_assert_uint_eq(spool.bytes, 500);
	ck_assert_uint_eq(send_one(), 2);
}
END_TEST

START_TEST(a_lost_connection_sends_all_again_in_order_before_what_is_new)
{
	for (uint64_t seq = 1; seq <= 5; seq++)
		add(seq, 100);
	(void)send_one();
	(void)send_one();
	(void)send_one();
	spool_rewind(&spool);
	ck_assert_uint_eq(spool.in_flight_bytes, 0);
	ck_assert_uint_eq(send_one(), 0);
	add(6, 100);
	spool.credit = 100000;
	/* the ack of the first was lost with the connection */
	spool_ack(&spool, 1);
	for (uint64_t seq = 2; seq <= 6; seq++)
		ck_assert_uint_eq(send_one(), seq);
	ck_assert_uint_eq(spool.resent, 2);
	spool_rewind(&spool);
	spool_rewind(&spool);
	ck_assert_uint_eq(spool.bytes, 500);
}
END_TEST

START_TEST(a_refused_batch_leaves_alone)
{
	add(1, 100);
	add(2, 100);
	add(3, 100);
	(void)send_one();
	(void)send_one();
	ck_assert(spool_refuse(&spool, 2));
	ck_assert(!spool_refuse(&spool, 2));
	ck_assert(!spool_refuse(&spool, 3));
	ck_assert(!spool_refuse(&spool, 99));
	ck_assert_uint_eq(spool.refused, 1);
	ck_assert_uint_eq(spool.in_flight_bytes, 100);
	ck_assert_uint_eq(spool.bytes, 200);
	ck_assert_uint_eq(send_one(), 3);
	spool_ack(&spool, 3);
	ck_assert(spool_is_empty(&spool));
}
END_TEST

/* Bytes and order, whatever happens. */
START_TEST(its_books_balance_whatever_happens)
{
	uint64_t seq = 0, sent = 0, acked = 0;
	struct rng r;

	rng_init(&r, rng_seed(0x5b001));
	for (int i = 0; i < 20000; i++) {
		uint64_t x;
		switch (rng_below(&r, 6)) {
		case 0:
		case 1:
			add(++seq, rng_below(&r, 400) + 1);
			break;
		case 2:
			x = send_one();
			ck_assert(x == 0 || x > sent);
			sent = x ? x : sent;
			break;
		case 3:
			acked += rng_below(&r, sent - acked + 1);
			spool_ack(&spool, acked);
			break;
		case 4:
			if (rng_below(&r, 20) == 0) {
				spool_rewind(&spool);
				spool.credit = rng_below(&r, 2000);
				sent = acked;
			}
			break;
		default:
			(void)spool_refuse(&spool, acked + rng_below(&r, 5));
		}
		size_t waiting = 0, flying = 0;
		uint64_t last = 0;
		list_foreach(it, &spool.in_flight)
		{
			struct batch *b = list_entry(it, struct batch, node);
			ck_assert_uint_gt(b->seq, last);
			last = b->seq;
			flying += b->size;
		}
		list_foreach(it, &spool.waiting)
		{
			struct batch *b = list_entry(it, struct batch, node);
			ck_assert_uint_gt(b->seq, last);
			last = b->seq;
			waiting += b->size;
		}
		ck_assert_uint_eq(flying, spool.in_flight_bytes);
		ck_assert_uint_eq(flying + waiting, spool.bytes);
		ck_assert_uint_le(spool.bytes, spool.cap);
	}
	ck_assert_uint_gt(spool.dropped, 0);
	ck_assert_uint_gt(spool.refused, 0);
	ck_assert_uint_gt(spool.resent, 0);
}
END_TEST

START_TEST(memory_that_runs_out_is_an_error)
{
	struct batch head = {.seq = 1, .size = 10};
	int r;

	heap_fail_at(1);
	r = spool_add(&spool, &head, zeros);
	ck_assert(heap_stop());
	ck_assert_int_eq(r, -ENOMEM);
	ck_assert(spool_is_empty(&spool));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spool");
	TCase *t = tcase_create("spool");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, batches_go_out_in_order_and_leave_when_acknowledged);
	tcase_add_test(t, credit_bounds_what_is_on_the_wire_but_lets_one_pass);
	tcase_add_test(t, what_is_on_the_wire_takes_at_most_half_of_the_room);
	tcase_add_test(t, a_full_spool_drops_its_oldest_that_wait);
	tcase_add_test(t, a_batch_that_can_never_fit_costs_no_other);
	tcase_add_test(t, a_lost_connection_sends_all_again_in_order_before_what_is_new);
	tcase_add_test(t, a_refused_batch_leaves_alone);
	tcase_add_test(t, its_books_balance_whatever_happens);
	tcase_add_test(t, memory_that_runs_out_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
