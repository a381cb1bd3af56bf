import { type Form, hasLine } from './form.ts';

/** An unnamed gateway of mobile carriers: `---The following addresses had delivery errors---` and the answer in square brackets. */
export const x1: Form = {
  name: 'x1',
  recognises: (material) => hasLine(material, '---The following addresses had delivery errors---'),
};
