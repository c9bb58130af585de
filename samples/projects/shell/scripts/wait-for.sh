#!/bin/bash
# wait-for.sh HOST PORT TRIES
for ((try = 1; try <= $3; try++)); do
    if (exec 3<>"/dev/tcp/$1/$2"); then
        echo "$1:$2 is up"
        exit 0
    fi
    echo "waiting for $1:$2 ($try/$3)"
    sleep 0.5
done
echo "timed out waiting for $1:$2 after $3 tries" >&2
exit 1
