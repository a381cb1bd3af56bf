import type { Finding } from '../recipients.ts';
import type { Form } from './form.ts';

const CLOSED = /not (?:a )?member of [^<]{0,60}<([^<>\s]{1,128}@[^<>\s]{1,255})>/i;

/** fml and other list managers name the closed list in the sentence, and further addresses for commands below it. */
export const listManager: Form = {
  name: 'list-manager',
  recognises: ({ text, lines }) =>
    text.includes('<') && lines.slice(0, 20).some((line) => line.includes('<') && CLOSED.test(line)),
  read(material, { lhost }) {
    const line = material.lines.find((one) => CLOSED.test(one)) ?? '';
    const address = CLOSED.exec(line)?.[1];
    if (address === undefined) return [];
    return [finding(address, line, lhost)];
  },
};

function finding(address: string, line: string, lhost: string | null): Finding {
  return {
    address,
    originalAddress: null,
    action: 'failed',
    status: null,
    texts: [line],
    diagnostic: line,
    remoteHost: null,
    lhost,
    form: 'list-manager',
    reason: null,
  };
}
