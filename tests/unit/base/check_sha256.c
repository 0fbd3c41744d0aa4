#include "base/sha256.h"

#include <check.h>
#include <string.h>

#include "testlib/rng.h"
#include "testlib/run.h"

static const char *hex_of(const void *p, size_t n)
{
	static char hex[SHA256_HEX_LEN];
	uint8_t hash[SHA256_LEN];

	sha256(p, n, hash);
	sha256_hex(hash, hex);
	return hex;
}

/* FIPS 180-2, appendix B, and the empty message. */
START_TEST(published_vectors_hold)
{
	static uint8_t million[1000000];

	memset(million, 'a', sizeof(million));
	ck_assert_str_eq(hex_of("", 0),
			 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_str_eq(hex_of("abc", 3),
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_str_eq(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
			 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	ck_assert_str_eq(hex_of(million, sizeof(million)),
			 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

static void put_be(uint8_t *to, int n, uint64_t x)
{
	for (int i = n - 1; i >= 0; i--, x >>= 8)
		to[i] = (uint8_t)x;
}

/* h_n = SHA256(h_{n-1} || seq_be64 || len_be32 || body) */
static void chain(uint8_t hash[SHA256_LEN], uint64_t seq, const char *body)
{
	struct sha256 *h = sha256_new();
	uint8_t head[12];

	ck_assert_ptr_nonnull(h);
	put_be(head, 8, seq);
	put_be(head + 8, 4, strlen(body));
	sha256_update(h, hash, SHA256_LEN);
	sha256_update(h, head, sizeof(head));
	sha256_update(h, body, strlen(body));
	sha256_final(h, hash);
}

START_TEST(the_audit_chain_vector_holds)
{
	uint8_t hash[SHA256_LEN];
	char hex[SHA256_HEX_LEN];

	sha256("suandian-audit-v1", 17, hash);
	sha256_hex(hash, hex);
	ck_assert_str_eq(hex, "3c8f1b20b5b601ddc507b8fe49f9530b8db6265967f3f34cfd900cc68db18306");
	chain(hash, 1, "{\"seq\":1,\"op\":\"select\",\"res\":\"hy-01\",\"kw\":-300}");
	sha256_hex(hash, hex);
	ck_assert_str_eq(hex, "6f02f1b5a542891f06cc6dd96e33ce62d0cf025d9e993262ed2ea901171fa89e");
	chain(hash, 2, "{\"seq\":2,\"op\":\"operate\",\"res\":\"hy-01\",\"kw\":-300}");
	sha256_hex(hash, hex);
	ck_assert_str_eq(hex, "6ac8e8a309ad6ddd28faffb04464695929bdc0545f941e368cad2c78c9fd05c2");
}
END_TEST

START_TEST(pieces_hash_like_the_whole)
{
	uint8_t data[1000], whole[SHA256_LEN], pieces[SHA256_LEN];
	struct rng rng;

	rng_init(&rng, rng_seed(5));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rng_next(&rng);
	for (int round = 0; round < 100; round++) {
		size_t n = rng_below(&rng, sizeof(data) + 1);
		struct sha256 *h = sha256_new();

		ck_assert_ptr_nonnull(h);
		sha256(data, n, whole);
		for (size_t at = 0; at < n;) {
			size_t piece = 1 + rng_below(&rng, n - at);

			sha256_update(h, data + at, piece);
			at += piece;
		}
		sha256_update(h, data, 0);
		sha256_final(h, pieces);
		ck_assert_mem_eq(whole, pieces, SHA256_LEN);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sha256");
	TCase *t = tcase_create("sha256");

	tcase_add_test(t, published_vectors_hold);
	tcase_add_test(t, the_audit_chain_vector_holds);
	tcase_add_test(t, pieces_hash_like_the_whole);
	suite_add_tcase(s, t);
	return run_suite(s);
}
