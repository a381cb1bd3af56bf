#!/usr/bin/env node
// Starts mailward on a Node that can run it: this one if it is 24 or later, else the one that was installed with the package.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';

const entry = new URL('../dist/apps/cli/main.js', import.meta.url);

function bundledNode() {
  try {
    return module.createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

if (!existsSync(entry)) {
  console.error('mailward: not built yet; run `npm ci` (or `npm run build`) in the checkout');
  process.exit(2);
} else if (Number.parseInt(process.versions.node, 10) >= 24) {
  module.enableCompileCache?.();
  const { start } = await import(entry.href);
  await start();
} else {
  const node = bundledNode();
  if (node === undefined) {
    console.error(
      `mailward: needs Node 24 or later, this is ${process.versions.node}; install it from your distribution or nodejs.org`,
    );
    process.exit(2);
  }
  const child = spawn(node, [import.meta.filename ?? new URL(import.meta.url).pathname, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', (fault) => {
    console.error(`mailward: could not start ${node}: ${fault.message}`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}
