#include "store/store.h"

#include <stdio.h>

#include "base/err.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "drive.h"

static struct drive d;
static struct store_settings settings;
static uint8_t head[32];
static uint64_t seq;

static void setup(void)
{
	settings = (struct store_settings){.path = drive_path(tmpdir_new(), "store")};
	drive_open(&d, &settings);
	audit_first(head);
	seq = 0;
}

static void reopen(void)
{
	drive_close(&d);
	drive_open(&d, &settings);
}

/* One audited decision with the meta record that goes with it. */
static void decide(uint64_t id, int64_t watts)
{
	struct decision decision = {.id = id, .action = {.kind = ACTION_POWER, .value = watts}};
	char body[64];
	int n = snprintf(body, sizeof(body), "{\"decision\":%llu}", (unsigned long long)id);
	struct ledger_audit audit = {.seq = ++seq, .body = (uint8_t *)body, .len = (size_t)n};
	struct ledger_meta meta = {.now_ms = 1000, .next_decision = id + 1, .audit_seq = seq};
	struct ledger_op ops[] = {{.kind = LEDGER_DECISION, .decision = &decision},
				  {.kind = LEDGER_AUDIT, .audit = &audit},
				  {.kind = LEDGER_META, .meta = &meta}};

	audit_next(head, seq, audit.body, audit.len, audit.hash);
	memcpy(head, audit.hash, sizeof(head));
	memcpy(meta.audit_head, head, sizeof(head));
	ck_assert_int_eq(drive_commit(&d, ops, ARRAY_SIZE(ops)), 0);
}

struct seen {
	uint64_t id[64];
	int64_t watts[64];
	size_t n, max;
};

static bool see_decision(void *arg, const struct ledger_op *op)
{
	struct seen *s = arg;

	ck_assert_int_eq(op->kind, LEDGER_DECISION);
	s->id[s->n] = op->decision->id;
	s->watts[s->n++] = op->decision->action.value;
	return s->n < s->max;
}

static struct seen scan(uint64_t from, size_t max)
{
	struct seen s = {.max = max};

	ck_assert_int_eq(store_scan(d.store, LEDGER_DECISION, from, see_decision, &s), 0);
	return s;
}

START_TEST(a_scan_sees_what_was_submitted_in_the_order_of_keys)
{
	struct seen s;

	decide(2, 20);
	decide(4, 40);
	drive_settle(&d);
	decide(3, 30);
	decide(4, 44);
	decide(1, 10);
	for (int round = 0; round < 3; round++) {
		s = scan(0, 64);
		ck_assert_uint_eq(s.n, 4);
		for (uint64_t i = 0; i < 4; i++)
			ck_assert_uint_eq(s.id[i], i + 1);
		ck_assert_int_eq(s.watts[3], 44);
		s = scan(3, 64);
		ck_assert_uint_eq(s.n, 2);
		s = scan(0, 2);
		ck_assert(s.n == 2 && s.id[1] == 2);
		if (round == 0)
			drive_settle(&d);
		else
			reopen();
	}
	drive_close(&d);
	ck_assert_uint_eq(d.failed, 0);
}
END_TEST

static bool commit_inside(void *arg, const struct ledger_op *op)
{
	(void)arg;
	if (op->decision->id < 5)
		decide(op->decision->id + 10, 1);
	return true;
}

START_TEST(a_visit_may_commit)
{
	for (uint64_t i = 1; i <= 4; i++)
		decide(i, 1);
	ck_assert_int_eq(store_scan(d.store, LEDGER_DECISION, 0, commit_inside, NULL), 0);
	ck_assert_uint_eq(scan(0, 64).n, 8);
	drive_close(&d);
	ck_assert_uint_eq(d.committed, 8);
}
END_TEST

static void verify(uint64_t want_records, uint64_t want_bad)
{
	uint64_t records = 0, bad = 99;
	uint8_t got[32];
	struct fault f = {0};

	ck_assert_int_eq(store_verify_audit(d.store, &records, got, &bad, &f), 0);
	ck_assert_uint_eq(records, want_records);
	ck_assert_uint_eq(bad, want_bad);
	ck_assert_int_eq(f.code != 0, want_bad != 0);
	if (want_bad == 0)
		ck_assert_mem_eq(got, head, sizeof(head));
}

START_TEST(a_whole_chain_verifies_over_many_chunks)
{
	verify(0, 0);
	for (uint64_t i = 1; i <= 2500; i++)
		decide(i, 1);
	drive_settle(&d);
	verify(2500, 0);
	reopen();
	verify(2500, 0);
	drive_close(&d);
}
END_TEST

static void put_audit(uint64_t at, const char *body, const uint8_t hash[32])
{
	struct ledger_audit audit = {.seq = at, .body = (const uint8_t *)body, .len = strlen(body)};

	memcpy(audit.hash, hash, sizeof(audit.hash));
	ck_assert_int_eq(
		drive_commit(&d, &(struct ledger_op){.kind = LEDGER_AUDIT, .audit = &audit}, 1), 0);
	drive_settle(&d);
}

START_TEST(a_changed_body_breaks_the_chain_there)
{
	uint8_t hash[32];

	for (uint64_t i = 1; i <= 5; i++) {
		decide(i, 1);
		if (i == 3)
			memcpy(hash, head, sizeof(hash));
	}
	put_audit(3, "{\"decision\":4}", hash);
	verify(2, 3);
	drive_close(&d);
}
END_TEST

START_TEST(a_missing_record_breaks_the_chain_there)
{
	uint8_t hash[32] = {0};

	for (uint64_t i = 1; i <= 3; i++)
		decide(i, 1);
	put_audit(5, "{}", hash);
	verify(3, 4);
	drive_close(&d);
}
END_TEST

START_TEST(a_cut_tail_is_noticed_by_the_noted_head)
{
	struct ledger_meta meta = {.audit_seq = 4};

	for (uint64_t i = 1; i <= 3; i++)
		decide(i, 1);
	ck_assert_int_eq(
		drive_commit(&d, &(struct ledger_op){.kind = LEDGER_META, .meta = &meta}, 1), 0);
	drive_settle(&d);
	verify(3, 4);
	drive_close(&d);
}
END_TEST

START_TEST(a_rewritten_chain_is_noticed_by_the_noted_head)
{
	uint8_t hash[32];

	decide(1, 1);
	audit_first(hash);
	audit_next(hash, 1, (const uint8_t *)"{}", 2, hash);
	put_audit(1, "{}", hash);
	verify(0, 1);
	drive_close(&d);
}
END_TEST

START_TEST(every_kind_has_its_table)
{
	struct ledger_blob blob = {.key = 7, .data = (const uint8_t *)"abc", .len = 3};
	struct seen none = {0};

	ck_assert_int_eq(
		drive_commit(&d, &(struct ledger_op){.kind = LEDGER_SNAPSHOT, .blob = &blob}, 1),
		0);
	ck_assert_int_eq(store_scan(d.store, LEDGER_CONFIG, 0, see_decision, &none), 0);
	ck_assert_int_eq(store_scan(d.store, LEDGER_DISPATCH, 0, see_decision, &none), 0);
	ck_assert_uint_eq(none.n, 0);
	drive_close(&d);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger");
	TCase *tc = tcase_create("ledger");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_scan_sees_what_was_submitted_in_the_order_of_keys);
	tcase_add_test(tc, a_visit_may_commit);
	tcase_add_test(tc, a_whole_chain_verifies_over_many_chunks);
	tcase_add_test(tc, a_changed_body_breaks_the_chain_there);
	tcase_add_test(tc, a_missing_record_breaks_the_chain_there);
	tcase_add_test(tc, a_cut_tail_is_noticed_by_the_noted_head);
	tcase_add_test(tc, a_rewritten_chain_is_noticed_by_the_noted_head);
	tcase_add_test(tc, every_kind_has_its_table);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
