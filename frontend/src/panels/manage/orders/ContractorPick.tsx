import { AutoComplete } from 'antd';
import { useTranslation } from 'react-i18next';
import { monthOf } from '../../../model/health';
import { useAssessment } from '../health/queries';

interface Props {
  id?: string;
  value: string;
  onChange: (contractor: string) => void;
  placeholder?: string;
}

/** A contractor by name: one of those that keep cameras here, or another. */
export function ContractorPick({ id, value, onChange, placeholder }: Props) {
  const { t } = useTranslation();
  const known = useAssessment(monthOf(Date.now()), false);
  const names = [...new Set((known.data?.rows ?? []).map(({ contractor }) => contractor).filter(Boolean))];
  return (
    <AutoComplete
      {...(id !== undefined && { id })}
      allowClear
      size="small"
      value={value}
      aria-label={t('health.contractor')}
      placeholder={placeholder ?? t('health.contractor')}
      options={names.filter((name) => name.includes(value.trim())).map((name) => ({ value: name }))}
      onChange={(next?: string) => onChange(next ?? '')}
    />
  );
}
