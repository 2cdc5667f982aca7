import { Alert, Button, Steps } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppContext } from '../app';
import { Trouble } from '../Trouble';
import { CheckStep } from './CheckStep';
import { ColumnsStep } from './ColumnsStep';
import { DoneStep } from './DoneStep';
import { FileStep } from './FileStep';
import { dotsOf, missingIn } from './mapping';
import { useLoad } from './useLoad';

/** A camera list comes in: file, columns, check, done. Nothing is written before the last button. */
export function LoadWizard() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const load = useLoad();
  const { answer, chosen, how, step } = load;
  useEffect(() => {
    store.getState().setPreview(answer && step > 0 && step < 3 ? dotsOf(answer, chosen, how.crs) : []);
  }, [answer, chosen, how.crs, step, store]);
  const missing = missingIn(chosen);
  return (
    <>
      <div className="controls">
        <Steps
          size="small"
          current={step}
          items={['file', 'columns', 'check', 'done'].map((key) => ({ title: t(`load.step.${key}`) }))}
        />
      </div>
      <div className="scroll" id="load" data-step={step} aria-busy={load.busy !== null}>
        {load.error !== null && <Trouble error={load.error} />}
        {load.busy !== null && (
          <Alert
            type="info"
            showIcon
            style={{ marginBottom: 10 }}
            title={t(`load.busy.${load.busy}`)}
            action={
              load.busy !== 'commit' && (
                <Button size="small" onClick={load.cancel}>
                  {t('edit.cancel')}
                </Button>
              )
            }
          />
        )}
        {step === 0 && <FileStep load={load} />}
        {step === 1 && answer && <ColumnsStep load={load} answer={answer} />}
        {step === 2 && answer && <CheckStep load={load} answer={answer} />}
        {step === 3 && answer && <DoneStep load={load} answer={answer} />}
      </div>
      {(step === 1 || step === 2) && (
        <footer className="wizard-foot">
          <Button onClick={load.restart} disabled={load.busy === 'commit'}>
            {t('load.otherFile')}
          </Button>
          <span className="grow" />
          {step === 2 && (
            <Button onClick={load.back} disabled={load.busy === 'commit'}>
              {t('load.back')}
            </Button>
          )}
          {step === 1 ? (
            <Button
              type="primary"
              id="load-check"
              disabled={missing.length > 0 || load.busy !== null}
              onClick={() => void load.check()}
            >
              {t('load.check')}
            </Button>
          ) : (
            <Button
              type="primary"
              id="load-commit"
              disabled={load.busy !== null || load.writes === 0}
              loading={load.busy === 'commit'}
              onClick={() => void load.commit()}
            >
              {t('load.commit', { count: load.writes })}
            </Button>
          )}
        </footer>
      )}
    </>
  );
}
