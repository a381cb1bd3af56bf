import type { Finding } from '../recipients.ts';
import { type Form, hasLine } from './form.ts';

const DDA = /\bSMTP=([^\s;,@]{1,128}@[^\s;,]{1,255})/gi;

/** Exchange 4.0 to 5.5 names a foreign recipient by its X.400 address: `c=US;a= ;p=ORG;dda:SMTP=user@example.com;`. */
export const exchangeAddress: Form = {
  name: 'exchange-x400',
  recognises: (material) => hasLine(material, 'SMTP=') && hasLine(material, 'MSEXCH:'),
  read(material, { lhost }) {
    const { text } = material;
    return [...text.matchAll(DDA)].map((found): Finding => {
      const rest = text.slice(found.index + found[0].length);
      const own = rest.slice(0, 1000).split('\n').slice(1, 8).join('\n');
      return {
        address: found[1] as string,
        originalAddress: null,
        action: 'failed',
        status: null,
        texts: [own],
        whole: [text],
        diagnostic: own.trim(),
        remoteHost: null,
        lhost,
        form: 'exchange-x400',
        reason: null,
      };
    });
  },
};
