#!/bin/sh
# hosts.sh BUILD OUT: hosts on one machine: a relay daemon's, alpha, beta and gamma, each with its
# network, name and session daemon; beta also has another boot and another monotonic clock. What
# each step said is a file in OUT, ended by "status N". 77: this machine cannot do it.
#
# It runs itself in namespaces of its own, so nothing of it is left, whatever happens.
if [ "$3" != inside ]; then
	unshare -mnpf --mount-proc --kill-child true 2>/dev/null || exit 77
	for program in ip lttng-relayd lttng-sessiond; do
		command -v $program >/dev/null || exit 77
	done
	exec timeout -k 5 100 unshare -mnpf --mount-proc --kill-child sh "$0" "$1" "$2" inside
fi
build=$1 out=$2
W="$build/wakegap-workload read --file /bin/true --wait eventfd --passes 2"

mount -t tmpfs none /run && mkdir -p /run/netns && ip link set lo up || exit 77
n=1
for name in alpha beta gamma; do
	ip netns add $name && ip link add $name type veth peer name relay netns $name || exit 77
	ip addr add 10.77.$n.1/24 dev $name && ip link set $name up
	ip -n $name addr add 10.77.$n.2/24 dev relay && ip -n $name link set relay up
	ip -n $name link set lo up
	n=$((n + 1))
done
lttng-relayd -b -o $out/relay --live-port=tcp://0.0.0.0:5344 >/dev/null 2>&1 || exit 77
echo 00000000-0000-4000-8000-000000000000 >$out/boot

# host NAME STEP COMMAND...: what it prints is OUT/STEP
host() {
	name=$1 step=$2
	shift 2
	if [ $name = beta ]; then
		set -- sh -c 'mount --bind '$out'/boot /proc/sys/kernel/random/boot_id && exec "$@"' \
			sh "$@"
		clock="-Tf --monotonic 5000"
	else
		clock=
	fi
	ip netns exec $name unshare -mu $clock sh -c '
		hostname '$name' && mkdir -p /run/lttng && mount -t tmpfs none /run/lttng &&
		mount -t tmpfs none /dev/shm && exec "$@"' sh "$@" >$out/$step 2>&1 </dev/null
	echo "status $?" >>$out/$step
}
record="$build/wakegap record"

# the network of gamma is cut while it records; it takes some seconds until that is sure
mkfifo $out/cut-up $out/cut-go
LTTNG_NETWORK_SOCKET_TIMEOUT=2000 host gamma cut $record --to net://10.77.3.1 -- \
	sh -c "$W; echo up >$out/cut-up; read go <$out/cut-go; $W && echo ran to its end" &
cut=$!
read up <$out/cut-up
ip link set gamma down
echo go >$out/cut-go

host alpha alpha $record --to net://10.77.1.1 -- $W
host beta beta $record --to net://10.77.2.1:5342:5343 -- $W
host alpha refused $record --to net://10.77.1.1:99 -- $W
host alpha unreachable $record --to net://10.77.9.1 -- $W
host alpha strange $record --to net://10.77.1.1:5343:5342 -- $W

# watched from another host while it is recorded
mkfifo $out/up $out/go
host alpha live $record --to net://10.77.1.1 --live -- \
	sh -c "echo up >$out/up; until [ -e $out/enough ]; do $W; done >/dev/null" &
live=$!
read up <$out/up
address=$(sed -n 's/.*wakegap live \(net:.*\)`/\1/p' $out/live | sed s/10.77.1.1/10.77.2.1/)
host beta sessions $build/wakegap live --text net://10.77.2.1
# what comes in a second depends on the machine: until something does
while host beta watch $build/wakegap live --frame 80x12 --for 1s $address &&
	grep -q ': 0 events came' $out/watch; do :; done
touch $out/enough
wait $live

# the relay daemon is killed when the first part has arrived: as much of it as the test asks for
part_is_there() {
	[ $(ls $out/relay/alpha | wc -l) = 3 ] || return
	for dir in $out/relay/alpha/*; do
		events=$($build/wakegap stats $dir 2>/dev/null |
			sed -n 's/.*: \([0-9]*\) events in .*/\1/p')
		[ "${events:-0}" -gt 20 ] || return
	done
}
host alpha killed $record --to net://10.77.1.1 -- \
	sh -c "$W; echo up >$out/up; read go <$out/go; $W && echo ran to its end" &
read up <$out/up
until part_is_there; do
	sleep 0.02
done
kill -9 $(pgrep -x lttng-relayd)
echo go >$out/go
wait
ls -d $out/relay/alpha/* $out/relay/beta/* >$out/list
