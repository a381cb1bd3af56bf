import { feedContext } from '../../src/apps/update/context.ts';
import { readFeed } from '../../src/apps/update/read-feed.ts';
import { loadProductNames } from '../../src/knowledge/load-names.ts';
import { embeddedHoles } from '../../src/knowledge/load-vulnerabilities.ts';
import { compareDebian, isDebianVersion, upstreamOf } from '../../src/platform/debian-version.ts';
import { readExchangeBuild } from '../../src/platform/exchange-reading.ts';
import { readProduct } from '../../src/platform/product-name.ts';
import { compareKeys, readVersion } from '../../src/platform/version.ts';
import { readVersionText } from '../../src/platform/version-text.ts';
import { vulnerabilitiesOf } from '../../src/platform/vulnerable.ts';
import { kev, nvd } from '../harness/feed-samples.ts';
import type { FuzzTarget } from './target.ts';

const knowledge = embeddedHoles();
const names = loadProductNames();
const builds = knowledge.exchangeBuilds();
const context = feedContext(knowledge);
const PRODUCTS = ['exim', 'zimbra', 'domino', 'postfix', 'groupwise', 'surgemail', 'communigate', 'mailcow'];

function seeds(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'version',
    seeds: seeds(
      '4.90_1',
      '9.0.0_GA_4273 P41',
      '9.0.1FP3 IF2',
      '3.11-20260101',
      '2022-06a',
      '8.17.1.9/8.17.1.9/Debian-2+deb12u2',
    ),
    alphabet: '0123456789._- pabrc/(#+',
    run(bytes) {
      const text = textOf(bytes);
      for (const product of PRODUCTS) {
        const key = readVersion(product, text);
        if (key !== null && compareKeys(key, key) !== 0) throw new Error('a version is not itself');
        readVersionText(product, text, knowledge);
      }
    },
  },
  {
    name: 'debian-version',
    seeds: seeds('1:2.3.19.1+dfsg1-2.1+deb12u7', '4.96-15~bpo11+1', '0:0~~a-'),
    alphabet: '0123456789~+.:-ab',
    run(bytes) {
      const text = textOf(bytes);
      const half = text.length >> 1;
      const order = compareDebian(text.slice(0, half), text.slice(half));
      if (Math.sign(order) !== -Math.sign(compareDebian(text.slice(half), text.slice(0, half))) + 0)
        throw new Error('no order');
      upstreamOf(text);
      isDebianVersion(text);
    },
  },
  {
    name: 'exchange-build',
    seeds: seeds(
      'Exchange 2019 CU14 Nov24SU',
      'Version 15.1 (Build 2507.39)',
      '15.02.1544.013',
      '2010 SP3 Update Rollup 32 v2',
      'SE RTM 2026-08 SU',
    ),
    alphabet: '0123456789. cuspvrtme()-nov',
    run(bytes) {
      const text = textOf(bytes);
      readExchangeBuild(text, builds);
      vulnerabilitiesOf({ product: 'exchange', version: text, subject: text }, knowledge, '2026-11-25');
    },
  },
  {
    name: 'product-name',
    seeds: seeds('microsoft exchange 2019 CU14', 'horde-imp 6.2', 'exim4 4.96'),
    alphabet: 'abcdefghimoprstx 0123456789-.',
    run(bytes) {
      readProduct(textOf(bytes), names, knowledge);
    },
  },
  {
    name: 'feed',
    seeds: [
      ...[kev('CVE-2026-10001'), nvd('CVE-2026-99999', { versionEndExcluding: '4.99.9' })].map((feed) =>
        Buffer.from(JSON.stringify(feed)),
      ),
      ...seeds(
        '#model_version:v1,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\nCVE-2025-67896,0.25,0.9\n',
        '{"exim4":{"CVE-2023-51766":{"releases":{"bookworm":{"status":"resolved","fixed_version":"4.96-15+deb12u4"}}}}}',
        '{"vulns":[{"id":"CVE-2026-1000","affected":[{"package":{"ecosystem":"Debian:12","name":"exim4"},"ranges":[]}]}]}',
        '{"schema_version":"1","result":{"name":"exim","releases":[{"name":"4.99","isEol":false}]}}',
        '{"value":[{"cveNumber":"CVE-2026-1000","product":"Microsoft Exchange Server 2019 Cumulative Update 15","releaseDate":"2026-11-10"}]}',
      ),
    ],
    alphabet: '{}[]":,0123456789CVE-truefalsn\\u',
    run(bytes) {
      readFeed(bytes, context);
    },
  },
];
