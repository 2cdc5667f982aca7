/** The doors for a second person's agreement. */
import type { Send } from './editing';
import type { components } from './types.gen';

type Schemas = components['schemas'];

export type Agreement = Schemas['AgreementTold'];
export type Agreements = Schemas['AgreementsTold'];
export type AgreementStep = 'agree' | 'decline' | 'withdraw';

const AGREEMENTS = '/api/agreements';

export function agreementDoors(send: Send) {
  return {
    agreements: (signal?: AbortSignal) => send<Agreements>(AGREEMENTS, { signal: signal ?? null }),
    askAgreement: (fields: { action: string; kind: string; purpose: string }) =>
      send<Agreement>(AGREEMENTS, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(fields),
      }),
    answerAgreement: (id: string, step: AgreementStep) =>
      send<Agreement>(`${AGREEMENTS}/${encodeURIComponent(id)}/${step}`, { method: 'POST' }),
  };
}
