import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addReachOptions, collectPin, portList, positive, wholeNumber } from './reach-options.ts';

function read(...words: readonly string[]): {
  resolver?: readonly { address: string; port: number }[];
  timeout?: number;
} {
  const command = addReachOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(words, { from: 'user' }).opts();
}

test('a resolver is an address, with a port or at 53, and further ones are asked next', () => {
  assert.deepEqual(read('--resolver', '127.0.0.1:5353', '--resolver', '::1', '--resolver', '[::1]:54').resolver, [
    { address: '127.0.0.1', port: 5353 },
    { address: '::1', port: 53 },
    { address: '::1', port: 54 },
  ]);
  for (const wrong of ['localhost', '127.0.0.1:0', '127.0.0.1:65536', '256.0.0.1', '[::1', ''])
    assert.throws(() => read('--resolver', wrong), /argument '.*' is invalid/, wrong);
});

test('a timeout is a number of seconds, and parts of one', () => {
  assert.equal(read('--timeout', '2.5').timeout, 2.5);
  for (const wrong of ['0', '-1', 'x', '', '1e9', 'Infinity', 'NaN'])
    assert.throws(() => positive(wrong), /seconds/, wrong);
});

test('ports are counted once, and must be ports', () => {
  assert.deepEqual(portList('25,465,25'), [25, 465]);
  for (const wrong of ['', '0', '65536', '25,', 'smtp', '25;26', '1.5'])
    assert.throws(() => portList(wrong), /ports from 1/, wrong);
});

test('a whole number is one', () => {
  assert.equal(wholeNumber('32'), 32);
  for (const wrong of ['0', '1.5', '10001', 'x']) assert.throws(() => wholeNumber(wrong), /whole number/, wrong);
});

test('a pin names a host and its place; of one host the last pin counts', () => {
  const pins = ['MX.Example.com.=192.0.2.1', 'b.example=[::1]:2525', 'mx.example.com=127.0.0.1:26'].reduce<
    ReadonlyMap<string, { address: string; port: number | null }>
  >((earlier, text) => collectPin(text, earlier), new Map());
  assert.deepEqual(
    [...pins],
    [
      ['mx.example.com', { address: '127.0.0.1', port: 26 }],
      ['b.example', { address: '::1', port: 2525 }],
    ],
  );
  for (const wrong of ['mx', 'mx=', '=192.0.2.1', 'mx=host:25', 'mx=192.0.2.1:0', 'mx=[::1', 'm x=192.0.2.1'])
    assert.throws(() => collectPin(wrong), /NAME=IP/, wrong);
});
