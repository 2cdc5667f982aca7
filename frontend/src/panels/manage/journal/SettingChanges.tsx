import { useTranslation } from 'react-i18next';
import { useLang } from '../../app';
import { useHealthSettings } from '../health/queries';
import { measure } from '../health/Verdicts';

type Changed = Record<string, [before: number, after: number]>;

/** Which settings of the checks were changed, each by what it means. */
export function SettingChanges({ changes }: { changes: Changed }) {
  const { t } = useTranslation();
  const lang = useLang();
  const settings = useHealthSettings();
  const fields = new Map(settings.data?.fields.map((field) => [field.name, field]));
  const shown = (name: string, value: number) => measure(value, fields.get(name)?.unit ?? '', lang);
  return (
    <table className="changes">
      <thead>
        <tr>
          <th>{t('journal.field')}</th>
          <th>{t('journal.before')}</th>
          <th>{t('journal.after')}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(changes).map(([name, [before, after]]) => (
          <tr key={name}>
            <th scope="row">{fields.get(name)?.text ?? name}</th>
            <td className="gone">{shown(name, before)}</td>
            <td className="come">{shown(name, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
