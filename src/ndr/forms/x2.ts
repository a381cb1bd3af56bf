import { type Form, hasLine } from './form.ts';

/** An unnamed service: `Unable to deliver message to the following address(es).`, each answer followed by its number in square brackets. */
export const x2: Form = {
  name: 'x2',
  recognises: (material) => hasLine(material, 'Unable to deliver message to the following address(es).'),
};
