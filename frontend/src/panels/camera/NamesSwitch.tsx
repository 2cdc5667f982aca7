import { TagsOutlined } from '@ant-design/icons';
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { NamesAnswer } from '../../api/cameraTypes';
import { useApp, useAppContext } from '../app';

/** Names over all pictures, or over none. */
export function NamesSwitch() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const on = useApp((state) => state.named);
  const label = t(on ? 'names.off' : 'names.on');
  return (
    <Tooltip title={label}>
      <Button
        size="small"
        type={on ? 'primary' : 'text'}
        ghost={on}
        icon={<TagsOutlined />}
        aria-label={label}
        aria-pressed={on}
        data-names
        onClick={() => store.getState().setNamed(!on)}
      />
    </Tooltip>
  );
}

/** Why there are no names, where there could be some. */
export function NoNames({ names }: { names: UseQueryResult<NamesAnswer> }) {
  const { t } = useTranslation();
  if (names.error)
    return (
      <span className="nonames" role="status">
        {t('names.failed')}
        <Button size="small" type="link" onClick={() => void names.refetch()}>
          {t('names.again')}
        </Button>
      </span>
    );
  if (!names.data || names.data.names.length > 0) return null;
  return (
    <span className="nonames" role="status">
      {t('names.none')}
    </span>
  );
}
