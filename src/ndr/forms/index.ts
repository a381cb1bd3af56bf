import { exchangeAddress } from './exchange-address.ts';
import type { Form } from './form.ts';
import { listManager } from './list-manager.ts';
import { screenNames } from './screen-names.ts';
import { sesNotification } from './ses-notification.ts';
import { x1 } from './x1.ts';
import { x2 } from './x2.ts';

/** Every form, the surest marks first; the first that recognises a message reads it. */
export const forms: readonly Form[] = [sesNotification, exchangeAddress, listManager, x1, x2];

/** Forms that guess more: they are asked only if the text names no address at all. */
export const lastForms: readonly Form[] = [screenNames];
