import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';

/** An error as a person reads it: what happened, the remedy, and a way to try again. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const refused = error instanceof ApiError;
  return (
    <Alert
      type="warning"
      showIcon
      title={refused ? error.problem.title : t('error.offline')}
      description={refused ? error.problem.detail : t('error.offlineHelp')}
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t('error.retry')}
          </Button>
        )
      }
    />
  );
}
