/** A zone of `count` domains as they are found in the wild: two MX with both kinds of addresses, PTR, SPF with includes, DMARC, TLS-RPT. */
export function domainZone(count: number): { readonly domains: readonly string[]; readonly zone: string } {
  const domains = Array.from({ length: count }, (_, at) => `d${at}.test`);
  const lines = domains.flatMap((domain, at) => {
    const [high, low] = [at >> 8, at & 255];
    return [
      `${domain} SOA ns.test root.test 7 300`,
      `${domain} NS ns.${domain}`,
      `ns.${domain} A 127.0.0.1`,
      ...[1, 2].flatMap((host) => [
        `${domain} MX ${host}0 mx${host}.${domain}`,
        `mx${host}.${domain} A 10.${host}.${high}.${low}`,
        `mx${host}.${domain} AAAA fd00::${host}:${at.toString(16)}`,
        `${low}.${high}.${host}.10.in-addr.arpa PTR mx${host}.${domain}`,
      ]),
      `${domain} TXT "v=spf1 mx include:_spf.${domain} include:_mail.${domain} -all"`,
      `_spf.${domain} TXT "v=spf1 ip4:192.0.2.0/24 -all"`,
      `_mail.${domain} TXT "v=spf1 a:mx1.${domain} -all"`,
      `_dmarc.${domain} TXT "v=DMARC1; p=reject; rua=mailto:dmarc@${domain}"`,
      `_smtp._tls.${domain} TXT "v=TLSRPTv1; rua=mailto:tls@${domain}"`,
    ];
  });
  return {
    domains,
    zone: ['test SOA ns.test root.test 7 300', 'test NS ns.test', 'ns.test A 127.0.0.1', ...lines].join('\n'),
  };
}
