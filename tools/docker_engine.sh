# A container engine for a script: the one that runs, or one of the script's
# own. Sourced, not run.
#
#   start_engine FOLDER   sets DOCKER_HOST where it started one; returns 1, with
#                         `engine_problem`, when there is none and none starts
#   stop_engine           stops what start_engine has started

engine_pid=

start_engine() {
  local folder=$1
  if docker info > /dev/null 2>&1; then return 0; fi
  if ! command -v dockerd > /dev/null || [ "$(id -u)" -ne 0 ]; then
    engine_problem="no engine runs, and dockerd is missing or this is not root"
    return 1
  fi
  mkdir -p "$folder"
  # A path of its own: sockets' names must be short.
  engine_run=$(mktemp -d /tmp/engine.XXXXXX)
  dockerd --data-root "$folder" --exec-root "$engine_run/exec" \
    --pidfile "$engine_run/pid" -H "unix://$engine_run/sock" \
    > "$engine_run/log" 2>&1 &
  engine_pid=$!
  export DOCKER_HOST=unix://$engine_run/sock
  for _ in $(seq 300); do
    if docker info > /dev/null 2>&1; then return 0; fi
    kill -0 "$engine_pid" 2> /dev/null || break
    sleep 0.1
  done
  engine_problem="dockerd does not start: $(tail -n 3 "$engine_run/log")"
  stop_engine
  return 1
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2> /dev/null || true
  wait "$engine_pid" 2> /dev/null || true
  engine_pid=
  forget_engine "$engine_run"
}

# What an engine that has ended leaves in its folder, mounts among it.
forget_engine() {
  awk -v folder="$1/" 'index($5, folder) == 1 {print $5}' /proc/self/mountinfo |
    sort -r | xargs -r umount -l 2> /dev/null || true
  rm -rf "$1"
}

# docker compose v2, or docker-compose.
compose() {
  if docker compose version > /dev/null 2>&1; then
    docker compose "$@"
  else
    docker-compose "$@"
  fi
}
