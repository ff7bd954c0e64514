#!/bin/sh
# Inside of the image's build: the programs, stripped, and the Debian packages
# that they need at run time.
#
#   docker/make_programs.sh FOLDER      makes FOLDER/bin/ and FOLDER/packages
set -eu

folder=$1
mkdir -p "$folder/bin"
if [ -d prebuilt ]; then
  cp prebuilt/bin/* "$folder/bin/"
  cp prebuilt/packages "$folder/packages"
  exit 0
fi
apt-get update
apt-get install -y --no-install-recommends make
make build
docker/runtime_packages.sh build/release/bin/spacemoe* > "$folder/packages"
strip -o "$folder/bin/spacemoe" build/release/bin/spacemoe
strip -o "$folder/bin/spacemoe-coordinator" build/release/bin/spacemoe-coordinator
strip -o "$folder/bin/spacemoe-satellite" build/release/bin/spacemoe-satellite
