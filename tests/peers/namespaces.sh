#!/bin/sh
# Runs a command in a network namespace that a veth pair connects to a second one, which routes
# to a third. Usage: unshare --net sh namespaces.sh COMMAND…
#
#   the command               FAR, a router                      END
#   near 10.77.0.1 fd77::1 —— far 10.77.0.2 fd77::2
#                             out 10.78.0.1 fd78::1 —(MTU 1280)— end 10.78.0.2 fd78::2
#
# FAR and END are processes in those networks; the addresses were given no broadcast
# address, and the command's own network has no default route.
set -e
unshare --net sleep 60 >/dev/null 2>&1 &
FAR=$!
unshare --net sleep 60 >/dev/null 2>&1 &
END=$!
export FAR END
trap 'kill $FAR $END' EXIT
trap 'exit 1' HUP INT TERM
for other in $FAR $END; do
  while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
done
ip link add near type veth peer name far netns "$FAR"

# Addresses are there at once, not after it is asked whether somebody else has them.
give='
  echo 0 >/proc/sys/net/ipv6/conf/$1/accept_dad
  ip addr add 10.$2/24 dev $1
  ip -6 addr add fd$3/64 dev $1
  ip link set $1 up'
ip link set lo up
sh -ec "$give" sh near 77.0.1 77::1
ip route add 10.78.0.0/24 via 10.77.0.2
ip -6 route add fd78::/64 via fd77::2

nsenter --target "$FAR" --net sh -ec "
  ip link set lo up
  ip link add out mtu 1280 type veth peer name end mtu 1280 netns $END
  echo 1 >/proc/sys/net/ipv4/ip_forward
  echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"
nsenter --target "$FAR" --net sh -ec "$give" sh far 77.0.2 77::2
nsenter --target "$FAR" --net sh -ec "$give" sh out 78.0.1 78::1
nsenter --target "$FAR" --net ip route add 224.0.0.0/4 dev far
nsenter --target "$END" --net ip link set lo up
nsenter --target "$END" --net sh -ec "$give" sh end 78.0.2 78::2
nsenter --target "$END" --net ip route add default via 10.78.0.1
nsenter --target "$END" --net ip -6 route add default via fd78::1
for place in "$$ near" "$FAR far" "$FAR out" "$END end"; do
  nsenter --target "${place% *}" --net timeout 10 sh -c \
    'until ip link show "$1" | grep -q "state UP"; do :; done' sh "${place#* }"
done
"$@"
