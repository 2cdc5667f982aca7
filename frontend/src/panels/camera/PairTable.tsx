import { DeleteOutlined, DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import { App as AntApp, Button, Dropdown, Tooltip, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Residual } from '../../api/cameraTypes';
import type { CameraDetails } from '../../api/types';
import { BadPairs, dropPair, isWhole, LEAST_PAIRS, pairsToCsv, pairsToJson, readPairs } from '../../model/pairs';
import { useApp, useAppContext, useLang } from '../app';
import { download } from '../exportCameras';
import { coordinates, distance } from '../format';

/** Pairs out of a file, into one, and away. */
export function PairTools({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { message } = AntApp.useApp();
  const pairs = useApp((state) => state.pairs);
  const whole = pairs.filter(isWhole).length;
  const take = async (file: File) => {
    try {
      const read = readPairs(await file.text());
      store.getState().setPairs(read);
      message.success(t('calibrate.imported', { count: read.length }));
    } catch (error) {
      const row = error instanceof BadPairs ? error.row : 0;
      message.error(row > 0 ? t('calibrate.badFile', { row }) : t('calibrate.badJson'), 6);
    }
  };
  const write = (format: string) => {
    if (format === 'csv') download(`${camera.id}-pairs.csv`, 'text/csv', pairsToCsv(pairs));
    else {
      const text = pairsToJson(pairs, camera.id, [camera.image_width, camera.image_height]);
      download(`${camera.id}-pairs.json`, 'application/json', text);
    }
  };
  return (
    <span className="tools">
      <Upload
        accept=".csv,.json,text/csv,application/json"
        showUploadList={false}
        beforeUpload={(file) => {
          void take(file);
          return false;
        }}
      >
        <Button size="small" icon={<UploadOutlined />} id="pairs-import">
          {t('calibrate.import')}
        </Button>
      </Upload>
      <Dropdown
        trigger={['click']}
        disabled={whole === 0}
        menu={{
          onClick: ({ key }) => write(key),
          items: [
            { key: 'csv', label: t('tree.exportCsv') },
            { key: 'json', label: 'JSON' },
          ],
        }}
      >
        <Button size="small" icon={<DownloadOutlined />} id="pairs-export">
          {t('calibrate.export')}
        </Button>
      </Dropdown>
      <Tooltip title={t('calibrate.clear')}>
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t('calibrate.clear')}
          disabled={pairs.length === 0}
          onClick={() => store.getState().setPairs([])}
        />
      </Tooltip>
    </span>
  );
}

/** The pairs with their residuals; the worst stands out. */
export function PairTable({ residuals }: { residuals: ReadonlyMap<number, Residual> }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const pairs = useApp((state) => state.pairs);
  const chosen = useApp((state) => state.pair);
  if (pairs.length === 0) return <p className="soft">{t('calibrate.none', { least: LEAST_PAIRS })}</p>;
  const worst = Math.max(...[...residuals.values()].map(({ error_px }) => error_px));
  const state = store.getState();
  return (
    <table className="pairs" id="pairs">
      <thead>
        <tr>
          <th>{t('calibrate.number')}</th>
          <th>{t('calibrate.pixel')}</th>
          <th>{t('calibrate.place')}</th>
          <th>{t('calibrate.residual')}</th>
          <th>{t('calibrate.loo')}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => {
          const { number, pixel, place } = pair;
          const residual = residuals.get(number);
          const loo = residual?.loo_m ?? null;
          const bad = residual !== undefined && residual.error_px === worst && worst > 3;
          return (
            <tr
              key={number}
              data-pair={number}
              className={[number === chosen ? 'chosen' : '', bad ? 'bad' : ''].join(' ')}
              onClick={() => state.setPair(number)}
            >
              <td>
                <i className="pairno">{number}</i>
              </td>
              <td>{pixel ? `${pixel[0].toFixed(0)}, ${pixel[1].toFixed(0)}` : <em>{t('calibrate.missing')}</em>}</td>
              <td>
                {place ? (
                  <button
                    type="button"
                    className="plainlink"
                    title={coordinates(place.lon, place.lat)}
                    onClick={() => state.goTo({ ...place, range: 150 })}
                  >
                    {coordinates(place.lon, place.lat)
                      .split(', ')
                      .map((part) => part.slice(0, -1))
                      .join(', ')}
                  </button>
                ) : (
                  <em>{t('calibrate.missing')}</em>
                )}
              </td>
              <td>{residual ? `${residual.error_px.toFixed(1)} px` : ''}</td>
              <td>{loo === null ? '' : distance(loo, lang)}</td>
              <td>
                <Button
                  size="small"
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t('calibrate.drop')}
                  title={t('calibrate.drop')}
                  onClick={(event) => {
                    event.stopPropagation();
                    state.setPairs(dropPair(pairs, number));
                  }}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
