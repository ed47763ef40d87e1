#!/bin/sh
# usage: kernel-down.sh PREFIX      removes the namespaces that kernel-up.sh made
for n in hA hB cA cB; do ip netns delete "$1-$n" 2>/dev/null; done
true
