import type { Finding } from '../recipients.ts';
import type { Form } from './form.ts';

/** Bodies longer than this are no notification. */
const MAX_JSON = 512 * 1024;

interface Notification {
  readonly notificationType?: unknown;
  readonly eventType?: unknown;
  readonly Message?: unknown;
  readonly bounce?: {
    readonly bouncedRecipients?: unknown;
    readonly bounceType?: unknown;
    readonly bounceSubType?: unknown;
    readonly reportingMTA?: unknown;
  };
  readonly complaint?: { readonly complainedRecipients?: unknown };
  readonly delivery?: {
    readonly recipients?: unknown;
    readonly smtpResponse?: unknown;
    readonly reportingMTA?: unknown;
  };
}

/** Amazon SES tells of bounces, complaints and deliveries by JSON, often inside a mail of Amazon SNS (SES developer guide, "notification contents"). */
export const sesNotification: Form = {
  name: 'ses-notification',
  recognises: (material) => notificationIn(material.lines) !== undefined,
  read(material, { lhost }) {
    const told = notificationIn(material.lines);
    if (told === undefined) return [];
    const base = { originalAddress: null, remoteHost: null, form: 'ses-notification' } as const;
    if (told.bounce !== undefined) {
      const host = text(told.bounce.reportingMTA)?.replace(/^[a-z]+;\s*/, '') ?? lhost;
      const kind = `${text(told.bounce.bounceType) ?? ''} ${text(told.bounce.bounceSubType) ?? ''}`.trim();
      return objects(told.bounce.bouncedRecipients).flatMap((one): Finding[] => {
        const diagnostic = text(one['diagnosticCode'])?.replace(/^smtp;\s*/i, '') ?? null;
        const address = text(one['emailAddress']);
        if (address === undefined) return [];
        return [
          {
            ...base,
            address,
            action: text(one['action']) === 'delayed' ? 'delayed' : 'failed',
            status: text(one['status']) ?? null,
            texts: [diagnostic ?? '', kind].filter(Boolean),
            diagnostic,
            lhost: host,
            reason: null,
          },
        ];
      });
    }
    if (told.complaint !== undefined) {
      return objects(told.complaint.complainedRecipients).flatMap((one): Finding[] => {
        const address = text(one['emailAddress']);
        return address === undefined
          ? []
          : [
              {
                ...base,
                address,
                action: 'delivered',
                status: null,
                texts: [],
                diagnostic: null,
                lhost,
                reason: 'feedback',
              },
            ];
      });
    }
    const response = text(told.delivery?.smtpResponse) ?? null;
    const host = text(told.delivery?.reportingMTA) ?? lhost;
    const recipients = Array.isArray(told.delivery?.recipients) ? told.delivery.recipients : [];
    return recipients
      .filter((one): one is string => typeof one === 'string')
      .map((address) => ({
        ...base,
        address,
        action: 'delivered',
        status: null,
        texts: response === null ? [] : [response],
        diagnostic: response,
        lhost: host,
        reason: null,
      }));
  },
};

/** What the notification is about, or undefined if the lines hold none. */
export function notificationKind(lines: readonly string[]): 'failure' | 'feedback' | 'delivered' | undefined {
  const told = notificationIn(lines);
  if (told === undefined) return undefined;
  return told.bounce !== undefined ? 'failure' : told.complaint !== undefined ? 'feedback' : 'delivered';
}

function notificationIn(lines: readonly string[]): Notification | undefined {
  const first = lines.find((line) => line.trim() !== '');
  if (first === undefined || !first.trimStart().startsWith('{')) return undefined;
  // Servers break lines of more than 998 bytes, some with a mark, and so break the JSON.
  const whole = lines.join('\n').replace(/!?\n ?/g, '');
  if (whole.length > MAX_JSON) return undefined;
  const start = whole.indexOf('{');
  let value = parse(whole.slice(start)) ?? parse(whole.slice(start, objectEnd(whole, start)));
  if (typeof value?.Message === 'string') value = parse(value.Message);
  const kind = value?.notificationType ?? value?.eventType;
  if (value === undefined || typeof kind !== 'string') return undefined;
  return isObject(value.bounce) || isObject(value.complaint) || isObject(value.delivery) ? value : undefined;
}

/** The end of the object that starts there: a footer may follow it. */
function objectEnd(whole: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < whole.length; i++) {
    const c = whole.charAt(i);
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i + 1;
  }
  return whole.length;
}

function parse(json: string): Notification | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? (value as Notification) : undefined;
  } catch {
    return undefined;
  }
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
