#!/bin/bash
# Brings clusters of containers up in a real engine and tries them.
#
#   tools/cluster_test.sh [--if-possible]
#
# Exit code 0: all went well; 1: something did not; 77: no engine could be
# started (0 with --if-possible, which says so loudly).
set -eu

cd "$(dirname "$0")/.."
. tools/docker_engine.sh
optional=${1:-}
bin=${SPACEMOE_BIN:-$PWD/build/release/bin}
work=$PWD/build/cluster
project=spacemoetest$$
swarm=/tmp/$project  # sockets' names must be short
export SPACEMOE_IMAGE=spacemoe-test SPACEMOE_MODEL=$PWD/models/demo
# Ports that nobody has: those of the usual ones may be taken.
export SPACEMOE_PORT=0 SPACEMOE_HTTP_PORT=0
files=()

say() { echo "cluster test: $*" >&2; }
fail() { say "FAILED: $*"; exit 1; }

give_up() {
  {
    echo "***************************************************************"
    echo "*** THE CLUSTER TEST DID NOT RUN: $*"
    echo "***************************************************************"
  } >&2
  [ "$optional" = --if-possible ] && exit 0
  exit 77
}

cluster() { compose -p "$project" "${files[@]}" "$@"; }

bring_down() {
  [ ${#files[@]} -eq 0 ] && return
  cluster --profile client down -v --timeout 1 > "$work/down.log" 2>&1 || cat "$work/down.log" >&2
  files=()
}

clean_up() {
  local code=$?
  if [ $code -ne 0 ] && [ ${#files[@]} -gt 0 ]; then
    cluster logs --tail 5 2>&1 | tail -n 60 >&2
  fi
  bring_down
  stop_swarm || true
  docker image rm -f "$SPACEMOE_IMAGE" > /dev/null 2>&1 || true
  stop_engine
}

up() {
  cluster up -d "$@" > "$work/up.log" 2>&1 || { cat "$work/up.log" >&2; fail "up"; }
}

# A client's run inside of the cluster; its stderr is left in client.err.
ask() { cluster run --rm -T client "$@" 2> "$work/client.err"; }

expect_text() {
  local text
  text=$(ask --prompt "$prompt" --max-tokens 24) || {
    cat "$work/client.err" >&2
    fail "the client got no text"
  }
  [ "$text" = "$expected" ] || fail "expected '$expected', found '$text'"
}

# Any OpenAI client's request, from outside of the cluster: the text, or the
# error's message, with exit code 1.
ask_api() {
  python3 - "$(cluster port coordinator 8080)" "$prompt" << 'PYTHON'
import json
import sys
import urllib.error
import urllib.request

address, prompt = sys.argv[1:]
with urllib.request.urlopen(f"http://{address}/v1/models") as answer:
    model = json.load(answer)["data"][0]["id"]
body = json.dumps({"model": model, "prompt": prompt, "max_tokens": 24, "temperature": 0})
request = urllib.request.Request(f"http://{address}/v1/completions", body.encode(),
                                 {"Content-Type": "application/json"})
try:
    with urllib.request.urlopen(request) as answer:
        print(json.load(answer)["choices"][0]["text"])
except urllib.error.HTTPError as error:
    print(error.code, json.load(error)["error"]["message"])
    sys.exit(1)
PYTHON
}

expect_api_text() {
  local text
  text=$(ask_api) || fail "the API says: $text"
  [ "$text" = "$expected" ] || fail "the API: expected '$expected', found '$text'"
}

expect_in() {
  grep -qF "$1" "$2" || { cat "$2" >&2; fail "'$1' is not in $2"; }
}

container_of() { cluster ps -q "$1" | head -n 1; }

try_isolation() {
  local container
  container=$(container_of coordinator)
  [ "$(docker exec "$container" id -u)" = 10001 ] || fail "the coordinator is not run by uid 10001"
  if docker exec "$container" touch /try 2> /dev/null; then fail "the root is writable"; fi
  if docker exec "$container" test -e /run/spacemoe/keys/ca.key; then
    fail "a node sees the authority's key"
  fi
  # No key is in the image, none in a log.
  docker run --rm --entrypoint find "$SPACEMOE_IMAGE" / -xdev -name '*.key' > "$work/keys" 2> /dev/null || true
  [ -s "$work/keys" ] && fail "the image holds $(cat "$work/keys")"
  cluster logs > "$work/logs" 2>&1
  if grep -q 'PRIVATE KEY' "$work/logs"; then fail "a log holds a key"; fi
}

try_strangers() {
  local network=${project}_ring
  if docker run --rm --network "$network" --entrypoint spacemoe-satellite \
    "$SPACEMOE_IMAGE" --coordinator coordinator:7300 2> "$work/stranger"; then
    fail "a satellite without keys has started"
  fi
  expect_in 'spacemoe certs' "$work/stranger"
  if docker run --rm --network "$network" --entrypoint spacemoe-satellite \
    "$SPACEMOE_IMAGE" --coordinator coordinator:7300 --insecure 2> "$work/stranger"; then
    fail "a satellite without keys was let in"
  fi
  expect_in 'the server wants TLS' "$work/stranger"
  cluster logs coordinator > "$work/logs" 2>&1
  expect_in 'refused a connection' "$work/logs"
}

# A satellite dies in the middle of a text.
try_kill() {
  local victim=$1 client
  rm -f "$work/code"
  (
    set +e
    ask --prompt "$prompt" --max-tokens 4000 --ignore-eos > "$work/text"
    echo $? > "$work/code"
  ) &
  client=$!
  # The ring works on the text once the client's container runs.
  until [ -n "$(docker ps -q --filter "label=com.docker.compose.service=client" \
    --filter "label=com.docker.compose.project=$project")" ]; do sleep 0.2; done
  sleep 2
  docker kill "$(container_of "$victim")" > /dev/null
  wait $client
  [ "$(cat "$work/code")" = 1 ] || fail "the client ended with $(cat "$work/code")"
  expect_in ' lost: ' "$work/client.err"
  if ask_api > "$work/answer"; then fail "the API answers without $victim"; fi
  expect_in ' lost: ' "$work/answer"
  say "killed $victim: $(grep -F ' lost: ' "$work/client.err" | tail -n 1)"
}

# One service a layer, made from a plan, satellites before the coordinator.
try_layers() {
  "$bin/spacemoe" plan --model models/demo --experts-per-satellite 8 --json \
    > "$work/plan.json"
  "$bin/spacemoe" compose --plan "$work/plan.json" --model models/demo \
    --image "$SPACEMOE_IMAGE" -o "$work/layers.yaml"
  files=(-f "$work/layers.yaml")
  local layers start
  layers=$(cluster config --services | grep '^layer-')
  start=$(date +%s)
  up $layers
  up
  expect_text
  expect_api_text
  say "30 containers, one a layer: $(($(date +%s) - start)) s from up to the end of a text"
  try_isolation
  try_strangers
  try_kill layer-17
  bring_down
}

# Many satellites in a container.
try_scale() {
  files=(-f docker/compose.yaml)
  local start
  start=$(date +%s)
  export SPACEMOE_FLAGS="--experts-per-satellite 8" SPACEMOE_SATELLITES=10
  up --scale satellites=3
  expect_text
  expect_api_text
  say "3 containers of 10 satellites: $(($(date +%s) - start)) s from up to the end of a text"
  bring_down
}

# Two engines in network namespaces of their own, joined by a cable.
start_swarm() {
  local n
  for n in 1 2; do ip netns add "$project-$n" || return 1; done
  ip link add eth0 netns "$project-1" type veth peer name eth0 netns "$project-2" || return 1
  for n in 1 2; do
    ip -n "$project-$n" link set lo up
    ip -n "$project-$n" addr add "10.77.0.$n/24" dev eth0
    ip -n "$project-$n" link set eth0 up
    ip -n "$project-$n" route add default dev eth0
    mkdir -p "$swarm/$n"
    # Not by `ip netns exec`, which hides the control groups.
    nsenter "--net=/var/run/netns/$project-$n" dockerd --data-root "$swarm/$n/data" \
      --exec-root "$swarm/$n/exec" --pidfile "$swarm/$n/pid" -H "unix://$swarm/$n/sock" \
      > "$swarm/$n/log" 2>&1 &
  done
  for n in 1 2; do
    for _ in $(seq 300); do on "$n" info > /dev/null 2>&1 && break; sleep 0.1; done
    on "$n" info > /dev/null 2>&1 || return 1
  done
  on 1 swarm init --advertise-addr 10.77.0.1 > /dev/null || return 1
  on 2 swarm join --token "$(on 1 swarm join-token -q worker)" \
    --advertise-addr 10.77.0.2 10.77.0.1:2377 > /dev/null || return 1
}

on() { docker -H "unix://$swarm/$1/sock" "${@:2}"; }

stop_swarm() {
  local n
  [ -d "$swarm" ] || return 0
  for n in 1 2; do
    [ -f "$swarm/$n/pid" ] && kill "$(cat "$swarm/$n/pid")" 2> /dev/null || true
    for _ in $(seq 100); do [ -f "$swarm/$n/pid" ] || break; sleep 0.1; done
    ip netns del "$project-$n" 2> /dev/null || true
  done
  forget_engine "$swarm"
}

# The coordinator on one node and satellites on both, over an overlay network.
try_swarm() {
  local n start text
  if ! command -v ip > /dev/null || [ "$(id -u)" -ne 0 ] || ! start_swarm; then
    say "*** NO SWARM: two engines could not be joined: $(tail -qn 1 "$swarm"/*/log 2> /dev/null)"
    stop_swarm
    return
  fi
  docker save "$SPACEMOE_IMAGE" > "$swarm/image"
  for n in 1 2; do on "$n" load -q -i "$swarm/image" > /dev/null; done
  mkdir -p "$swarm/stack"
  cp docker/swarm.yaml "$swarm/stack/"
  "$bin/spacemoe" certs "$swarm/stack/keys" 2> /dev/null
  start=$(date +%s)
  SPACEMOE_FLAGS="--experts-per-satellite 8" SPACEMOE_SATELLITES=15 SPACEMOE_REPLICAS=2 \
    on 1 stack deploy --resolve-image never -c "$swarm/stack/swarm.yaml" "$project" > "$work/up.log"
  for n in 1 2; do
    for _ in $(seq 600); do
      [ -n "$(on "$n" ps -q --filter name=satellites)" ] && break
      sleep 0.2
    done
    [ -n "$(on "$n" ps -q --filter name=satellites)" ] || fail "no satellites on node $n of the swarm"
  done
  text=$(on 1 run --rm --network "${project}_ring" --user 0 \
    -e SPACEMOE_CONNECT_TIMEOUT=300 -v "$swarm/stack/keys:/k:ro" \
    "$SPACEMOE_IMAGE" generate --coordinator coordinator:7300 --tls-ca /k/ca.pem \
    --tls-cert /k/client/cert.pem --tls-key /k/client/key.pem \
    --prompt "$prompt" --max-tokens 24 2> "$work/client.err") || {
    cat "$work/client.err" >&2
    on 1 service logs --tail 5 "${project}_satellites" >&2
    fail "the swarm gave no text"
  }
  [ "$text" = "$expected" ] || fail "expected '$expected', found '$text'"
  say "a swarm of two nodes: $(($(date +%s) - start)) s from the stack's deployment to the end of a text"
  on 1 stack rm "$project" > /dev/null
  stop_swarm
}

mkdir -p "$work"
if ! command -v docker > /dev/null || ! command -v debootstrap > /dev/null ||
  ! compose version > /dev/null 2>&1; then
  tools/install_packages.sh cluster ||
    give_up "docker.io, docker-compose and debootstrap cannot be installed"
fi
start_engine "$work/docker" || give_up "$engine_problem"
trap clean_up EXIT

say "making the image"
tools/cluster_image.sh "$SPACEMOE_IMAGE"
prompt="Once upon a time"
expected=$("$bin/spacemoe" generate --model models/demo --local --prompt "$prompt" --max-tokens 24)
try_layers
try_scale
try_swarm
say "all went well"
