import { PictureOutlined, UpOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Empty, Spin } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ROLES } from '../../model/classes';
import { apart } from '../../model/motion';
import type { Heard } from '../../model/vehicles';
import { useAppContext, useLang } from '../app';
import { CameraRow } from '../incidents/CamerasAround';
import { openBest } from '../incidents/keys';
import { Trouble } from '../Trouble';

/** After so far it is asked anew: another camera may see it better. */
const MOVED_M = 30;
const SHOWN = 8;

interface Props {
  heard: Heard;
  onClose: () => void;
}

/** Which cameras see the vehicle where it is now; asked again as it goes on. */
export function CamerasNow({ heard, onClose }: Props) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const [at, setAt] = useState({ lon: heard.lon, lat: heard.lat });
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['link', 'vehicle', at.lon, at.lat, lang],
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    queryFn: ({ signal }) => api.link({ ...at, limit: SHOWN * 2 }, signal),
  });
  // The place stays until the answer for it is there, however quick the vehicle is.
  useEffect(() => {
    if (!isFetching && apart(at, heard) > MOVED_M) setAt({ lon: heard.lon, lat: heard.lat });
  }, [at, heard, isFetching]);
  useEffect(() => {
    if (data) store.getState().setLink(data);
  }, [data, store]);
  useEffect(
    () => () => {
      // One of them, once opened, keeps the line to the place.
      if (store.getState().selection?.kind !== 'camera') store.getState().setLink(undefined);
    },
    [store],
  );
  const seeing = (data?.cameras ?? []).filter(({ visible }) => visible).slice(0, SHOWN);
  return (
    <div id="vehicle-cameras" data-count={seeing.length}>
      <div className="sectionhead">
        <span>
          {t('vehicle.cameras')} {isFetching && <Spin size="small" />}
        </span>
        <span className="tools">
          <Button
            size="small"
            type="text"
            icon={<PictureOutlined />}
            disabled={seeing.length === 0}
            onClick={() => openBest(store)}
          >
            {t('incident.pictures')}
          </Button>
          <Button size="small" type="text" icon={<UpOutlined />} onClick={onClose}>
            {t('vehicle.fold')}
          </Button>
        </span>
      </div>
      {error ? (
        <Trouble error={error} retry={() => refetch()} />
      ) : (
        data &&
        seeing.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('link.noneVisible')} />
      )}
      {seeing.map((camera) => (
        <CameraRow
          key={camera.camera}
          camera={camera}
          best={ROLES.filter((role) => data?.recommended[role] === camera.camera)}
        />
      ))}
    </div>
  );
}
