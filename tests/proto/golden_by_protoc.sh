#!/bin/sh
# golden_by_protoc.sh PROTO_DIRECTORY: Google's own compiler reads the golden frames as we do.
set -eu
proto=$1
if ! command -v protoc >/dev/null; then
	echo "protoc is not installed" >&2
	[ "${REQUIRE_ALL:-}" = 1 ] && exit 1
	exit 77
fi
seen=0
for bin in "$proto"/golden/*/*.bin; do
	txt=${bin%.bin}.txt
	# the varint length: as many bytes as have their top bit set, and one more
	prefix=$(od -An -v -tu1 -N3 "$bin" | awk '{ n = 1; while ($n >= 128) n++; print n }')
	if ! tail -c +$((prefix + 1)) "$bin" |
		protoc -I "$proto" --decode=suandian.v1.Envelope suandian/v1/envelope.proto |
		cmp - "$txt"; then
		echo "$bin: protoc reads something else than stands in $txt" >&2
		exit 1
	fi
	seen=$((seen + 1))
done
echo "$seen frames"
[ "$seen" -gt 40 ]
