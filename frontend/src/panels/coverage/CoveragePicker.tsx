import { BarChartOutlined } from '@ant-design/icons';
import { Button, Checkbox, Radio, Segmented, Select, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Ladder, Tier } from '../../api/types';
import { COVERAGE_LAYERS, type CoverageLayer } from '../../model/cityState';
import { useApp, useAppContext, useLang } from '../app';
import { density } from '../format';

const TIERS: readonly Tier[] = [1, 2, 3];

/** From what on a place counts as seen: tier, ladder, least class. */
export function CoverageTerms() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const choice = useApp((state) => state.cityCoverage);
  const ladders = useApp((state) => state.city?.ladders);
  const set = store.getState().setCityCoverage;
  return (
    <div className="terms" id="coverage-terms">
      <Select<Tier | 0>
        size="small"
        value={choice.tier ?? 0}
        aria-label={t('camera.tier')}
        onChange={(tier) => set({ tier: tier === 0 ? null : tier })}
        options={[
          { value: 0, label: t('link.anyTier') },
          ...TIERS.map((tier) => ({ value: tier, label: t(`tier.${tier}`) })),
        ]}
      />
      <Select
        size="small"
        value={choice.minClass}
        aria-label={t('cover.leastClass')}
        onChange={(minClass) => set({ minClass })}
        options={(ladders?.[choice.ladder] ?? []).map(({ id, px_m }) => ({
          value: id,
          label: `${t(`class.${id}`)} ≥ ${density(px_m, lang)}`,
        }))}
      />
      <Segmented<Ladder>
        size="small"
        value={choice.ladder}
        aria-label={t('camera.ladder')}
        onChange={(ladder) => set({ ladder })}
        options={[
          { value: '2014', label: <span title={t('camera.ladder2014')}>2014</span> },
          { value: '2025', label: <span title={t('camera.ladder2025')}>2025</span> },
        ]}
      />
    </div>
  );
}

/** The coverage of all cameras as a layer of the map: one at a time. */
export function CoveragePicker() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const choice = useApp((state) => state.cityCoverage);
  const set = store.getState().setCityCoverage;
  return (
    <div className="picker" id="coverage-picker">
      <span className="soft">{t('cover.city')}</span>
      <Radio.Group
        size="small"
        value={choice.layer ?? 'none'}
        onChange={({ target }) => set({ layer: target.value === 'none' ? null : (target.value as CoverageLayer) })}
        options={[
          { value: 'none', label: t('cover.none') },
          ...COVERAGE_LAYERS.map((value) => ({ value, label: t(`cover.layer.${value}`) })),
        ]}
      />
      <Checkbox checked={choice.facades} onChange={({ target }) => set({ facades: target.checked })}>
        {t('cover.facades')}
      </Checkbox>
      {(choice.layer !== null || choice.facades) && <CoverageTerms />}
      {choice.layer !== null && (
        <div className="row">
          <span className="soft">{t('cover.opacity')}</span>
          <Slider
            className="grow"
            min={0.1}
            max={1}
            step={0.05}
            value={choice.opacity}
            tooltip={{ formatter: (value) => `${Math.round((value ?? 0) * 100)} %` }}
            aria-label={t('cover.opacity')}
            onChange={(opacity) => set({ opacity })}
          />
        </div>
      )}
      <Button size="small" icon={<BarChartOutlined />} onClick={() => store.getState().setDesk({ kind: 'coverage' })}>
        {t('cover.figures')}
      </Button>
    </div>
  );
}
