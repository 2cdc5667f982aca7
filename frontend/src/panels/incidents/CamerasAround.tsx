import { PictureOutlined } from '@ant-design/icons';
import { Button, Empty } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '../../api/situation';
import type { LinkAnswer, LinkedCamera, Tier } from '../../api/types';
import { ROLES } from '../../model/classes';
import { useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { density, distance } from '../format';
import { TierDot } from '../TierDot';
import { useCameraDrag } from '../video/cameraDrag';
import { KEYS, openBest } from './keys';

const TIERS: readonly Tier[] = [1, 2, 3];

type Cameras = NonNullable<IncidentDetail['cameras']>;

const ofTier = (cameras: Cameras, tier: Tier) =>
  ({ 1: cameras.tier_1, 2: cameras.tier_2, 3: cameras.tier_3 })[tier] as LinkedCamera[];

/** As the link of a clicked place is: the scene draws its lines, and the keys 1, 2, 3 choose from it. */
export function linkOf(cameras: Cameras): LinkAnswer {
  const all = TIERS.flatMap((tier) => ofTier(cameras, tier));
  return { place: cameras.place, recommended: cameras.recommended, cameras: all };
}

export function CameraRow({ camera, best }: { camera: LinkedCamera; best: readonly string[] }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const drag = useCameraDrag(camera.camera);
  return (
    <button
      type="button"
      className="hit"
      data-camera={camera.camera}
      {...drag}
      onClick={() => store.getState().select({ kind: 'camera', id: camera.camera })}
    >
      <TierDot tier={camera.tier} />
      <span className="title" title={titleOf(camera, lang)}>
        {titleOf(camera, lang)}
      </span>
      <span className="dist">{distance(camera.distance_m, lang)}</span>
      <span className="facts">
        {camera.density_px_m !== null && density(camera.density_px_m, lang)}
        {best.length > 0 && ` · ${best.map((role) => t(`link.${role}`)).join(' · ')}`}
      </span>
    </button>
  );
}

/** The best cameras of each tier that see the place; one key opens the pictures of the best. */
export function CamerasAround({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { cameras } = detail;
  useEffect(() => {
    store.getState().setLink(cameras ? linkOf(cameras) : undefined);
  }, [cameras, store]);
  if (!cameras) return <p className="soft">{t('incident.roughly')}</p>;
  const rolesOf = (id: string) => ROLES.filter((role) => cameras.recommended[role] === id);
  const some = TIERS.some((tier) => ofTier(cameras, tier).length > 0);
  return (
    <div id="incident-cameras">
      <div className="sectionhead">
        <span>{t('incident.cameras')}</span>
        <Button size="small" type="text" icon={<PictureOutlined />} disabled={!some} onClick={() => openBest(store)}>
          {t('incident.pictures')} <kbd>{KEYS.pictures}</kbd>
        </Button>
      </div>
      {!some && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('link.noneVisible')} />}
      {TIERS.map((tier) =>
        ofTier(cameras, tier).map((camera) => (
          <CameraRow key={camera.camera} camera={camera} best={rolesOf(camera.camera)} />
        )),
      )}
    </div>
  );
}
