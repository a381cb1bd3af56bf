#!/usr/bin/env bash
# Proves a checkout on a machine that has nothing prepared but Debian, bash and some Node: installs, builds, packs, tests, fuzzes.
# Ends with the summary of node's test runner.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MAILWARD_NO_SKIP=1 CI=true

step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

step 'Debian packages'
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  wanted=()
  for package in git openssl util-linux ca-certificates; do
    dpkg -s "$package" >/dev/null 2>&1 || wanted+=("$package")
  done
  # A browser for the tests that look at pages; servers are unpacked by the test harness and never installed.
  command -v chromium >/dev/null || wanted+=(chromium)
  if [ "${#wanted[@]}" -gt 0 ]; then
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends "${wanted[@]}" >/dev/null
  fi
fi

step 'npm ci, which builds'
npm ci --no-progress
export PATH="$PWD/node_modules/.bin:$PATH"
node --version

step 'the package, installed in an empty folder'
bash scripts/try-package.sh

step 'licences'
node scripts/licences.ts

step 'servers for the tests'
node scripts/fetch-servers.ts

step 'fuzz, 60 s a target'
node test/fuzz/run.ts --seconds 60 --budget 420

if [ -d ../shared/corpora ]; then
  MAILWARD_CORPORA="$(cd ../shared/corpora && pwd)"
  export MAILWARD_CORPORA
fi

step 'npm test'
npm test
