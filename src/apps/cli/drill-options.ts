import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { attacks } from '../../drill/attacks/index.ts';
import { HOLD_MOST_S, HOLD_S } from '../../drill/holding.ts';
import { SEVERITIES, type Severity } from '../../finding/rule.ts';
import type { DnsServer } from '../../net/dns-server-address.ts';
import { isWireAddress, readWireAddress } from '../../wire/address/strict.ts';
import { DATA_OPTION } from './data-folder.ts';
import { addReachOptions } from './reach-options.ts';

/** What `mailward drill` is told. */
export interface DrillOptions {
  readonly authorised?: string;
  readonly recipient?: string;
  readonly only?: readonly string[];
  readonly mailbox?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
  readonly html?: string;
  readonly from?: string;
  readonly hello?: string;
  readonly sender?: string;
  readonly foreign: string;
  readonly origin?: string;
  readonly hold: number;
  readonly failOn: Severity;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly resolver?: readonly DnsServer[];
  readonly timeout?: number;
  readonly data?: string;
}

/** Gives a command the argument and the options of a drill. */
export function addDrillOptions(command: Command): Command {
  return addReachOptions(command)
    .argument('[host:port]', 'the server')
    .option('--authorised <WHO-AND-WHY>', 'who allows the drill, and why: goes into every message and the report')
    .addOption(
      new Option(
        '--recipient <ADDRESS>',
        'an address of the server’s that the letters of the drill may go to (else its postmaster)',
      ).argParser((text) => (/^postmaster$/i.test(text) ? text : mailAddress(text))),
    )
    .addOption(new Option('--only <NAMES>', 'these attacks, by name, with commas').argParser(attackNames))
    .option(
      '--mailbox <DIR|URL>',
      'where the recipient’s mail arrives: a Maildir, a folder, or imaps://user@host (password: $MAILWARD_MAILBOX_PASSWORD)',
    )
    .option('--plan', 'say what each attack sends and do nothing')
    .addOption(
      new Option(
        '--from <IP>',
        'the address of this machine to attack from: one that the server does not trust',
      ).argParser(ownAddress),
    )
    .addOption(new Option('--hello <NAME>', 'our name in EHLO').argParser(helloName))
    .addOption(new Option('--sender <ADDRESS>', 'our address in MAIL FROM').argParser(mailAddress))
    .addOption(
      new Option('--foreign <ADDRESS>', 'an address elsewhere, to ask for a relay to; nothing is sent there')
        .argParser(mailAddress)
        .default('nobody@example.com'),
    )
    .option('--origin <HOST:PORT>', 'the server behind this gateway, which nobody should reach')
    .addOption(
      new Option('--hold <SECONDS>', 'how long connections are held to try the server’s patience')
        .argParser(holdSeconds)
        .default(HOLD_S),
    )
    .option('--json', 'print one JSON object')
    .option('--html <FILE>', 'write a page')
    .addOption(
      new Option('--fail-on <SEVERITY>', 'exit with 1 if an attack of this severity or above gets through')
        .choices(SEVERITIES.slice(1))
        .default('high'),
    )
    .option('--verbose', 'show all evidence')
    .option('--quiet', 'no progress')
    .option(...DATA_OPTION);
}

function attackNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !attacks.some((attack) => attack.name === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `names of attacks, with commas, and none is called ${JSON.stringify(unknown)}; mailward drill --plan lists them`,
    );
  return names;
}

function mailAddress(text: string): string {
  if (!isWireAddress(readWireAddress(text))) throw new InvalidArgumentError('an address as name@example.com');
  return text;
}

function helloName(text: string): string {
  if (!/^[A-Za-z0-9._-]{1,255}$|^\[[0-9A-Za-z.:]{2,60}\]$/.test(text))
    throw new InvalidArgumentError('a name as mail.example.com');
  return text;
}

function ownAddress(text: string): string {
  const own = Object.values(networkInterfaces()).some((places) => places?.some(({ address }) => address === text));
  if (isIP(text) === 0 || !(own || text.startsWith('127.')))
    throw new InvalidArgumentError('an IP address of this machine');
  return text;
}

function holdSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > HOLD_MOST_S)
    throw new InvalidArgumentError(`a whole number from 1 to ${HOLD_MOST_S}`);
  return seconds;
}
