/** The server's doors, spoken to in the language of the screen. */
import { createClient } from '../api/client';
import { appStore } from './store';

export const api = createClient(
  () => appStore.getState().lang,
  undefined,
  () => appStore.getState().endSession(),
);
