#!/bin/bash
# runs a command; kills it as the kernel would when it holds more than 128 MB
"$@" &
pid=$!
while kill -0 $pid 2>/dev/null; do
    rss=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status 2>/dev/null)
    [ "${rss:-0}" -gt 131072 ] && kill -9 $pid
    sleep 0.1
done
wait $pid
