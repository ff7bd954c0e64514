#!/bin/sh
# Prints how many compilers fit on this machine: one a core, but no more than
# one for each 1.5 GiB of free memory (libtorch's and gRPC's headers are big).
cores=$(nproc 2>/dev/null || echo 1)
available_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null)
fit=$((${available_kib:-3145728} / 1572864))
[ "$fit" -ge 1 ] || fit=1
[ "$cores" -lt "$fit" ] && fit=$cores
echo "$fit"
