import { Button, Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import { useApp, useLang } from './app';
import { count } from './format';
import { useHeartbeat } from './queries';

/** What the picture rests on: which city, which version, what was assumed, whose data, and whether the server answers. */
export function StatusBar() {
  const { t } = useTranslation();
  const lang = useLang();
  const city = useApp((state) => state.city);
  const heartbeat = useHeartbeat();
  const lost = heartbeat.isError;
  const rebuilt = city && heartbeat.data && heartbeat.data.version !== city.version;
  return (
    <footer className="statusbar">
      <span className={`state${lost ? ' lost' : ''}`}>{lost ? t('status.disconnected') : t('status.connected')}</span>
      {city?.generated && <span className="badge">{t('app.generated')}</span>}
      {city && (
        <>
          <span>{t('status.cameras', { count: count(city.counts.cameras ?? 0, lang) })}</span>
          <span>{t('status.buildings', { count: count(city.counts.buildings ?? 0, lang) })}</span>
        </>
      )}
      {rebuilt && (
        <Button size="small" type="link" onClick={() => window.location.reload()}>
          {t('status.updated')}
        </Button>
      )}
      <span className="spacer" />
      {city && city.assumptions.length > 0 && (
        <Popover
          trigger="click"
          content={
            <ul style={{ maxWidth: 420, margin: 0, paddingLeft: 18 }}>
              {city.assumptions.map((assumption) => (
                <li key={assumption.code + assumption.text}>{assumption.text}</li>
              ))}
            </ul>
          }
        >
          <Button size="small" type="link">
            {t('status.assumptions', { count: city.assumptions.length })}
          </Button>
        </Popover>
      )}
      {city && city.credits.length > 0 && (
        <Popover
          trigger="click"
          content={
            <ul style={{ maxWidth: 420, margin: 0, paddingLeft: 18 }}>
              {[...city.credits, 'CesiumJS (Apache 2.0)', 'Noto Sans SC (OFL)'].map((credit) => (
                <li key={credit}>{credit}</li>
              ))}
            </ul>
          }
        >
          <Button size="small" type="link">
            {t('status.credits')}
          </Button>
        </Popover>
      )}
      {city && (
        <span title={city.version}>
          {t('status.version')} {city.version.slice(0, 8)}
        </span>
      )}
    </footer>
  );
}
