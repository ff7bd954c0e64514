#!/bin/bash
# Whether this container is well: for HEALTHCHECK. What to ask is in
# SPACEMOE_HEALTH, such as http://127.0.0.1:8080/health/ready; without it the
# container is well as long as its first process is one of the programs.
set -eu

if [ -z "${SPACEMOE_HEALTH:-}" ]; then
  read -r name < /proc/1/comm
  case $name in spacemoe*) exit 0 ;; esac
  echo "the first process is $name" >&2
  exit 1
fi

rest=${SPACEMOE_HEALTH#http://}
address=${rest%%/*}
exec 3<> "/dev/tcp/${address%:*}/${address##*:}"
printf 'GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' \
  "${rest#*/}" "$address" >&3
read -r -t 4 _ code _ <&3
[ "$code" = 200 ] || { echo "$SPACEMOE_HEALTH says $code" >&2; exit 1; }
