#!/bin/sh
# Runs a command in a network namespace behind a router whose next link has an MTU of 1000
# bytes. Usage: unshare --net sh router_namespace.sh COMMAND…
#
#   the command 10.9.1.1 —— 10.9.1.2 router 10.9.2.1 —(MTU 1000)— 10.9.2.0/24
#
# 10.9.3.0/24 is known to nobody; 192.0.2.0/24 not even to the command's own machine.
set -e
ip link set lo up
unshare --net sleep 60 &
router=$!
trap 'kill $router' EXIT
while [ "$(readlink /proc/$router/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add out type veth peer name in netns "$router"
ip addr add 10.9.1.1/24 dev out
ip link set out up
ip route add 10.9.0.0/16 via 10.9.1.2
nsenter --target "$router" --net sh -e <<'ROUTER'
ip link add far mtu 1000 type veth peer name end
ip addr add 10.9.1.2/24 dev in
ip addr add 10.9.2.1/24 dev far
ip link set lo up
ip link set in up
ip link set far up
ip link set end up
ip neigh add 10.9.2.2 lladdr 02:00:00:00:00:02 dev far
echo 1 > /proc/sys/net/ipv4/ip_forward
ROUTER
"$@"
