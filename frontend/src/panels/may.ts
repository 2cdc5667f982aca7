/** Whether the one who sits here may do something, and what is said where they may not. */
import { useTranslation } from 'react-i18next';
import { may } from '../model/doorState';
import { useApp } from './app';

/** What changes nothing, and so may be done while the past is shown too. */
const LOOKING = new Set(['see', 'watch', 'export', 'track']);

export function useMay(action: string, kind: string): boolean {
  return useApp((state) => may(state.account, action, kind));
}

/** For a button: disabled with the reason, or nothing. */
export function useAllowed(action: string, kind: string): { disabled?: true; title?: string } {
  const { t } = useTranslation();
  const allowed = useMay(action, kind);
  const past = useApp((state) => state.replay !== null);
  const askable = useApp((state) => state.account?.after_agreement[action]?.includes(kind) ?? false);
  if (past && !LOOKING.has(action)) return { disabled: true, title: t('replay.readOnly') };
  return allowed ? {} : { disabled: true, title: t(askable ? 'agreement.needed' : 'door.notAllowed') };
}
