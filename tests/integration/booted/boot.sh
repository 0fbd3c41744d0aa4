#!/bin/sh
# boot.sh SHARED GROUP: boots systemd on this machine's own files, read-only under an overlay in memory; SHARED is
# /mnt there.  In a mount namespace of its own (unshare -m --propagation private), so that nothing of it is seen
# outside.  GROUP is a control group of its own: in another's, two of these would kill each other's processes.
set -eu
shared=$1 group=$2

umount -R /sys/fs/cgroup 2>/dev/null || :
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir "/sys/fs/cgroup/$group"
echo $$ >"/sys/fs/cgroup/$group/cgroup.procs"
# nspawn writes under /run, and refuses / itself as the root.
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/systemd /run/root
mount --bind / /run/root
# basic.target, without timers: not the services that this machine happens to have enabled.
# bpf: without it IPAddressDeny= would be ignored in silence.
exec systemd-nspawn -q -D /run/root --volatile=overlay --register=no --keep-unit --private-network \
	--machine=booted --boot --console=pipe --link-journal=no --bind-ro="$shared:/mnt" \
	--capability=CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN --system-call-filter=bpf \
	systemd.unit=basic.target systemd.mask=timers.target
