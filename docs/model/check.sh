#!/usr/bin/env bash
# Model-checks the lock protocol (dlock.pml). Needs spin and a C compiler (gcc, or what CC names).
#
# Usage: check.sh [seconds a configuration may take, 120 by default] [only configurations whose name contains this]
#
# "holds" searches a configuration for a violation, and must find none. It is exhausted when every state within the
# bounds of the configuration has been seen; otherwise the time or the memory was over before.
# "breaks" searches the configuration above it with one rule of the protocol taken out, and must find a violation. It
# stops at the first one, and says which assert of the model failed, after how many steps.
# Exits with 1 when anything comes out differently.
set -u

limit=${1:-120}
only=${2:-}
model=$(cd "$(dirname "$0")" && pwd)/dlock.pml
memory=4000 # MB that a search may take

command -v spin >/dev/null && command -v "${CC:-gcc}" >/dev/null || { echo "spin and ${CC:-gcc} are needed" >&2; exit 1; }
[[ $limit =~ ^[1-9][0-9]*$ ]] || { echo "not a number of seconds: $limit" >&2; exit 1; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

surprises=0
configuration=

# Generates, compiles and runs the search: its report is in $work/report, its seconds in $seconds.
search() { # flags, optimization
  local started=$SECONDS
  cd "$work" || exit 1
  rm -f ./*
  # shellcheck disable=SC2086 # the flags are words
  spin -a $1 "$model" >generated 2>&1 &&
    "${CC:-gcc}" "$2" -w -DSAFETY -DNOREDUCE -DNOFAIR -DVECTORSZ=512 -DMEMLIM="$memory" -o pan pan.c >>generated 2>&1 ||
    { cat generated; return 1; }
  timeout -s INT "$limit" ./pan -m20000 -n -E >report 2>&1
  seconds=$((SECONDS - started))
  errors=$(sed -n 's/.*errors: \([0-9]*\)$/\1/p' report)
  states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored$/\1/p' report)
  [ -n "$errors" ] && [ -n "$states" ] || { cat report; return 1; }
}

surprise() { # name, what
  surprises=$((surprises + 1))
  printf '       ^^^^^ %s: %s\n' "$1" "$2"
}

holds() { # name, flags
  configuration=$2
  [[ $1 == *"$only"* ]] || return 0
  search "$2" -O1 || { surprise "$1" "could not be run"; return; }
  local extent=exhausted
  grep -q 'Search not completed\|max search depth too small' report && extent='not exhausted'
  printf 'holds  %-28s errors %s, states %s, %s, %d s\n' "$1" "$errors" "$states" "$extent" "$seconds"
  [ "$errors" = 0 ] || surprise "$1" "violated: $(violation "$2")"
}

breaks() { # name, macro that takes the rule out
  [[ $1 == *"$only"* ]] || return 0
  search "$configuration -D$2" -O0 || { surprise "$1" "could not be run"; return; }
  if [ "$errors" = 0 ]; then
    printf 'breaks %-28s errors 0, states %s, %d s\n' "$1" "$states" "$seconds"
    surprise "$1" "no violation found although the rule was taken out"
  else
    printf 'breaks %-28s errors %s, states %s, %s, %d s\n' "$1" "$errors" "$states" \
      "$(violation "$configuration -D$2")" "$seconds"
  fi
}

# The number of the assert that failed, and the steps to it.
violation() { # flags
  local line steps
  cp "$model" . # spin looks for the trail beside the model
  # shellcheck disable=SC2086
  line=$(spin -t $1 dlock.pml 2>&1 | sed -n 's/^spin: [^ ]*dlock.pml:\([0-9]*\), Error: assertion violated.*/\1/p')
  steps=$(sed -n 's/.*(at depth \([0-9]*\)).*/\1/p' report | head -n 1)
  if [ -n "$line" ]; then
    printf '%s after %s steps' "$(sed -n "${line}s/.*\/\* \(([0-9]*)\) \*\/.*/\1/p" "$model")" "$steps"
  else
    head -n 1 report
  fi
}


# Without faults: messages are slow, leases run out, callers stop waiting.
holds  no-fault              "-DIDS=2 -DEND=5 -DFAIRNESS"
breaks counted-from-arrival  BUG_COUNTS_FROM_ARRIVAL
breaks release-not-compared  BUG_RELEASE_NOT_COMPARED
breaks run-out-extended      BUG_RUN_OUT_EXTENDED
breaks queued-extends        BUG_QUEUED_EXTENDS
breaks id-asked-again        BUG_ID_ASKED_AGAIN
breaks released-while-wanted BUG_RELEASED_WHILE_WANTED
holds  three-instances       "-DINSTANCES=3 -DEND=5 -DFAIRNESS -DPATIENT"
holds  block-of-tokens       "-DEND=6 -DFAIRNESS -DLOSSES -DBLOCK=3"

# Any message may get lost.
holds  losses                "-DEND=6 -DFAIRNESS -DLOSSES"
breaks leftover-used         BUG_LEFTOVER_USED
breaks ttl-not-refreshed     BUG_TTL_NOT_REFRESHED
holds  losses-two-ids        "-DIDS=2 -DEND=4 -DFAIRNESS -DLOSSES -DPATIENT"

# Commands and replies overtake each other, as over an old and a new connection; asks are repeated early.
holds  reordering            "-DEND=6 -DFAIRNESS -DORPHANS -DREORDERING"
breaks unwanted-kept         BUG_UNWANTED_KEPT
breaks one-release-for-all   BUG_ONE_RELEASE
holds  reordering-two-ids    "-DIDS=2 -DEND=4 -DFAIRNESS -DORPHANS -DREORDERING -DPATIENT"
breaks entry-stays           BUG_ENTRY_STAYS
holds  reordering-in-a-tick  "-DIDS=2 -DEND=4 -DFAIRNESS -DORPHANS -DREORDERING -DPROMPT -DIDLE_MAX=4"
breaks entry-falls-back      BUG_ENTRY_FALLS_BACK
holds  impatience            "-DEND=6 -DFAIRNESS -DIMPATIENT -DMIXED_TTLS"
breaks ttl-changes           BUG_TTL_CHANGES
holds  impatience-and-losses "-DEND=5 -DREORDERING -DIMPATIENT -DLOSSES -DPATIENT"

# Instance 0 dies; subscriptions break.
holds  crash                 "-DEND=5 -DFAIRNESS -DLOSSES -DCRASHES -DDISCONNECTS"
breaks last-seen-ignored     BUG_LAST_SEEN_IGNORED
holds  crash-two-ids         "-DIDS=2 -DEND=4 -DFAIRNESS -DCRASHES"

# Instance 1 polls; PUBSUB NUMSUB says nothing, or half of it.
holds  polling               "-DEND=5 -DFAIRNESS -DLOSSES -DPOLLERS=1"
breaks poller-skipped        BUG_POLLER_SKIPPED
holds  numsub-says-nothing   "-DEND=5 -DFAIRNESS -DLOSSES -DDISCONNECTS -DNUMSUB_SAYS_NOTHING"
breaks refusal-counts        BUG_REFUSAL_COUNTS
breaks one-server-counts     BUG_ONE_SERVER_COUNTS

# Tries without waiting, and yields.
holds  tries                 "-DIDS=2 -DEND=4 -DFAIRNESS -DTRIES -DPATIENT"
breaks try-overtakes         BUG_TRY_OVERTAKES
breaks try-held-up           BUG_TRY_HELD_UP
holds  yields                "-DIDS=2 -DEND=4 -DFAIRNESS -DORPHANS -DYIELDS -DREORDERING -DPATIENT"
breaks yield-keeps-id        BUG_YIELD_KEEPS_ID
holds  yields-and-losses     "-DIDS=2 -DEND=4 -DYIELDS -DLOSSES -DPATIENT"

# Redis loses data: all of it, the newest of it, or just the lock.
holds  memory-loss           "-DEND=5 -DLOSSES -DCRASHES -DMEMORY_LOSSES=1 -DTICK=12"
holds  memory-loss-two-ids   "-DIDS=2 -DEND=4 -DMEMORY_LOSSES=1 -DTICK=12 -DPATIENT"
holds  memory-and-clock-loss "-DEND=5 -DMEMORY_LOSSES=1 -DBLOCK=2"
breaks fence-too-low         BUG_FENCE_TOO_LOW
holds  failover              "-DEND=5 -DLOSSES -DFAILOVERS=1 -DTICK=12"
breaks token-not-compared    BUG_TOKEN_NOT_COMPARED
holds  deletion              "-DEND=5 -DLOSSES -DDELETIONS=1"
breaks fence-ignored         BUG_FENCE_IGNORED

# How long a key may stay idle while somebody waits, in ticks of a third of the TTL.
holds  idle-never            "-DIDS=2 -DTTL=3 -DEND=6 -DFAIRNESS -DPROMPT"
holds  idle-push-lost        "-DIDS=3 -DTTL=3 -DEND=6 -DFAIRNESS -DPROMPT -DIDLE_MAX=1 -DPUSH_LOSSES -DDISCONNECTS -DPATIENT"
breaks waiter-asks-once      BUG_ASKS_ONCE
holds  idle-polling          "-DIDS=3 -DTTL=3 -DEND=6 -DFAIRNESS -DPROMPT -DIDLE_MAX=1 -DPOLLERS=1 -DPATIENT"
breaks poller-asks-once      BUG_ASKS_ONCE
holds  idle-crash            "-DIDS=2 -DTTL=3 -DEND=7 -DFAIRNESS -DPROMPT -DIDLE_MAX=3 -DCRASHES"
breaks survivor-asks-once    BUG_ASKS_ONCE
holds  idle-three-instances  "-DINSTANCES=3 -DTTL=3 -DEND=8 -DFAIRNESS -DPROMPT -DIDLE_MAX=3 -DCRASHES -DPATIENT"

[ "$surprises" = 0 ] && echo "all as expected" || echo "surprises: $surprises"
[ "$surprises" = 0 ]
