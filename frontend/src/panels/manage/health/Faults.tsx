import { useTranslation } from 'react-i18next';
import type { HealthBoard } from '../../../api/health';
import { useApp, useAppContext, useLang } from '../../app';
import { count } from '../../format';
import { useHealthWords } from '../../health/words';

/** How many cameras have each fault; one that is pressed narrows the list. */
export function Faults({ faults }: Pick<HealthBoard, 'faults'>) {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const { store } = useAppContext();
  const chosen = useApp((state) => state.healthFilter.fault);
  return (
    <fieldset className="faultrow" id="health-faults">
      <legend>{t('health.faults')}</legend>
      {faults.map(({ fault, cameras }) => (
        <button
          key={fault}
          type="button"
          data-fault={fault}
          aria-pressed={chosen === fault}
          className={cameras === 0 ? 'none' : ''}
          title={t(`health.faultHelp.${fault}`)}
          onClick={() => store.getState().setHealthFilter({ fault: chosen === fault ? null : fault })}
        >
          <strong>{count(cameras, lang)}</strong>
          <span>{words.fault(fault)}</span>
        </button>
      ))}
    </fieldset>
  );
}
