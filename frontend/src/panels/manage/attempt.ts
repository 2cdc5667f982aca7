/** Something that is asked of the server by a click: said when it is done, and why where it is refused. */
import { useQueryClient } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sentence } from '../desk/edits';

type Run = <T>(work: () => Promise<T>, said?: string) => Promise<T | undefined>;

/** The function that runs it, and whether one is running; `touched`: keys of what is read afresh afterwards. */
export function useAttempt(...touched: string[]): [Run, boolean] {
  const { t } = useTranslation();
  const { message } = AntApp.useApp();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const keys = touched.join(' ');
  const run = useCallback<Run>(
    async (work, said) => {
      setBusy(true);
      try {
        const answer = await work();
        if (said) message.success(said);
        return answer;
      } catch (error) {
        message.error(sentence(error, t('error.offline')), 6);
        return undefined;
      } finally {
        setBusy(false);
        for (const key of keys.split(' ')) void queries.invalidateQueries({ queryKey: [key] });
      }
    },
    [keys, message, queries, t],
  );
  return [run, busy];
}
