#!/usr/bin/env bash
# Packs the built tree, installs the tarball into an empty folder, runs the program there, and compiles a consumer of its types.
set -euo pipefail
checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$checkout"
tarball="$(npm pack --ignore-scripts --silent --pack-destination "$folder")"
cd "$folder"
printf '{ "name": "consumer", "private": true, "type": "module" }\n' >package.json
# A registry that hangs is asked again; one that answers no ends the run.
install() {
  timeout 150 npm install --no-audit --no-fund --no-progress --prefer-offline --fetch-timeout=30000 --silent "./$tarball" @types/node@24
}
install || { [ $? = 124 ] && install; }
./node_modules/.bin/mailward version
if [ -f "$checkout/src/index.ts" ]; then
  cat >consumer.ts <<'END'
import * as mailward from 'mailward';
const names: readonly string[] = Object.keys(mailward);
console.log(`${names.length} names exported`);
END
  node "$checkout/node_modules/typescript7/bin/tsc" --noEmit --strict --module nodenext --target es2024 --types node consumer.ts
  node consumer.ts
fi
