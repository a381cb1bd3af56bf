/** The web host of MTA-STS policies, by HTTPS on port 443 of a loopback address of its own. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { CertifiedKey } from '../../src/net/tls-certificate.ts';
import { freeAddress } from './loopback.ts';
import type { Missing } from './packages.ts';

/** Answers a request for the policy of one domain. */
export type PolicyAnswer = (request: IncomingMessage, response: ServerResponse) => void;

export interface PolicyHost extends AsyncDisposable {
  readonly address: string;
  /** What a domain's host answers from now on. */
  set(domain: string, answer: PolicyAnswer): void;
  /** The certificate that a domain's host shows, instead of the usual one. */
  certify(domain: string, certificate: CertifiedKey): void;
  /** Requests by the name of the host, in order. */
  readonly asked: readonly string[];
}

/** A policy as it should be sent. */
export const policyText =
  (mode: string, mx: string, maxAge = 86_400): PolicyAnswer =>
  (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end(`version: STSv1\r\nmode: ${mode}\r\nmx: ${mx}\r\nmax_age: ${maxAge}\r\n`);

/** Opens the host with the certificate of all that have none of their own. */
export async function policyHost(usual: CertifiedKey): Promise<PolicyHost | Missing> {
  const answers = new Map<string, PolicyAnswer>();
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>();
  const asked: string[] = [];
  const server = createServer(
    {
      cert: usual.certificate,
      key: usual.key,
      SNICallback: (name, done) => done(null, contexts.get(name)),
    },
    (request, response) => {
      const host = request.headers.host ?? '';
      asked.push(host);
      const answer = request.url === '/.well-known/mta-sts.txt' ? answers.get(host) : undefined;
      if (answer === undefined) response.writeHead(404).end();
      else answer(request, response);
    },
  );
  const address = freeAddress();
  server.listen(443, address);
  const fault = await once(server, 'listening').then(
    () => null,
    (cause: Error) => cause,
  );
  if (fault !== null) return { kind: 'missing', reason: `wants port 443 of ${address}, as root may: ${fault.message}` };
  return {
    address,
    asked,
    set: (domain, answer) => void answers.set(`mta-sts.${domain}`, answer),
    certify: (domain, { certificate, key }) =>
      void contexts.set(`mta-sts.${domain}`, createSecureContext({ cert: certificate, key })),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
