import type { FactsWithRecipient } from './facts.ts';

/** One way to ask for a relay. */
export interface RelayForm {
  readonly form: string;
  /** A command that comes first. */
  readonly hello?: string;
  /** Behind `MAIL FROM:` and `RCPT TO:`, as they are sent. */
  readonly from: string;
  readonly to: string;
  /** True if the address ends in a domain of the server's, which a server without a list of its users takes whole. */
  readonly local?: true;
}

/** The forms, the plain one first. They are those of the open relay tests in use (nmap's 16), and as many again that filters have missed. */
export function relayForms(facts: FactsWithRecipient): readonly RelayForm[] {
  const { serverName: server, address, domain, sender, foreign, hello } = facts;
  const own = domain === '' ? server : domain;
  const literal = address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
  const at = foreign.lastIndexOf('@');
  const [user, elsewhere] = [foreign.slice(0, at), foreign.slice(at + 1)];
  const to = (form: string, path: string, more: Partial<RelayForm> = {}): RelayForm => ({
    form,
    from: `<${sender}>`,
    to: `<${path}>`,
    ...more,
  });
  const back = { hello: `EHLO ${hello}` };
  return [
    to('stranger to stranger', foreign),
    to('null sender', foreign, { from: '<>' }),
    to('sender of the target domain', foreign, { from: `<${user}@${elsewhere}>` }),
    to('sender at the server', foreign, { from: `<${user}@${server}>` }),
    to('sender at its address', foreign, { from: `<${user}@${literal}>` }),
    to('own postmaster as sender', foreign, { from: `<postmaster@${own}>` }),
    to('own user as sender', foreign, { from: `<${facts.recipient}>` }),
    to('sender without a domain', foreign, { from: '<postmaster>' }),
    to('percent at the address', `${user}%${elsewhere}@${literal}`, { local: true }),
    to('percent at the server', `${user}%${elsewhere}@${server}`, { local: true }),
    to('percent at the domain', `${user}%${elsewhere}@${own}`, { local: true }),
    to('percent alone', `${user}%${elsewhere}`),
    to('two percents', `${user}%${elsewhere}%${server}@${own}`, { local: true }),
    to('quoted address', `"${foreign}"`),
    to('quoted percent', `"${user}%${elsewhere}"`),
    to('two ats at the address', `${foreign}@${literal}`, { local: true }),
    to('two ats at the server', `${foreign}@${server}`, { local: true }),
    to('quoted address at the address', `"${foreign}"@${literal}`, { local: true }),
    to('quoted address at the server', `"${foreign}"@${server}`, { local: true }),
    to('quoted address at the domain', `"${foreign}"@${own}`, { local: true }),
    to('route by the address', `@${literal}:${foreign}`),
    to('route by the server', `@${server}:${foreign}`),
    to('route by domain and server', `@${own},@${server}:${foreign}`),
    to('bang path', `${elsewhere}!${user}`),
    to('bang path at the address', `${elsewhere}!${user}@${literal}`, { local: true }),
    to('bang path at the server', `${elsewhere}!${user}@${server}`, { local: true }),
    to('trailing dot', `${foreign}.`),
    { form: 'no brackets', from: `<${sender}>`, to: foreign },
    { form: 'blank behind the colon', from: `<${sender}>`, to: ` <${foreign}>` },
    to('EHLO as the server itself', foreign, { hello: `EHLO ${server}` }),
    to('EHLO as localhost', foreign, { hello: 'EHLO localhost' }),
    to('HELO instead of EHLO', foreign, { hello: `HELO ${hello}` }),
  ].map((form, index, all) =>
    all[index - 1]?.hello === undefined || form.hello !== undefined ? form : { ...form, ...back },
  );
}
