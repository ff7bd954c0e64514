#!/bin/bash
# Makes the image from programs that are built already, without compiling.
#
#   tools/cluster_image.sh NAME
#
# The base is BASE_IMAGE, or the slim Debian image of this machine's release, or,
# where no registry answers, one that debootstrap makes from apt's mirror.
set -eu

name=${1:?usage: tools/cluster_image.sh NAME}
cd "$(dirname "$0")/.."
bin=${SPACEMOE_BIN:-build/release/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. /etc/os-release

say() { echo "cluster image: $*" >&2; }

# The mirror that apt itself uses for this release.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    awk -v release="$VERSION_CODENAME" '$2 == release {print $1; exit}'
}

proxy() {
  local value=
  eval "$(apt-config shell value Acquire::http::Proxy)"
  echo "${value:-${http_proxy:-}}"
}

make_base() {
  say "no registry answers: making a base of $VERSION_CODENAME with debootstrap"
  http_proxy=$(proxy) debootstrap --variant=minbase --include=ca-certificates \
    "$VERSION_CODENAME" "$work/root" "$(mirror)" > "$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
  }
  tar -C "$work/root" -c . | docker import - "$1" > /dev/null
  rm -rf "$work/root"
}

base=${BASE_IMAGE:-debian:$VERSION_ID-slim}
if [ -z "${BASE_IMAGE:-}" ] && ! docker image inspect "$base" > /dev/null 2>&1 &&
  ! timeout 60 docker pull -q "$base" > /dev/null 2>&1; then
  base=spacemoe-base:$VERSION_ID
  docker image inspect "$base" > /dev/null 2>&1 || make_base "$base"
fi

mkdir -p "$work/prebuilt/bin"
cp -r docker "$work/"
for program in spacemoe spacemoe-coordinator spacemoe-satellite; do
  strip -o "$work/prebuilt/bin/$program" "$bin/$program"
done
docker/runtime_packages.sh "$bin"/spacemoe{,-coordinator,-satellite} \
  > "$work/prebuilt/packages"
# The host's network: apt reaches its mirror as it does here.
docker build --network host --build-arg "BASE_IMAGE=$base" \
  --build-arg "http_proxy=$(proxy)" -t "$name" -f docker/Dockerfile "$work" \
  > "$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; exit 1; }
say "$name, $(docker image inspect -f '{{.Size}}' "$name" | awk '{printf "%.0f MB", $1 / 1e6}'), from $base"
