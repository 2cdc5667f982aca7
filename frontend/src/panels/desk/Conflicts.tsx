import { AimOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Progress, Select, Skeleton, Tooltip } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraConflict } from '../../api/importing';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { count } from '../format';
import { useAllowed } from '../may';
import { Trouble } from '../Trouble';
import { type Column, DataTable } from './DataTable';
import { takeCamera, useEdits } from './edits';

const keyOf = ({ camera, code }: CameraConflict) => `${camera} ${code}`;

/** Applies the first proposal of many, one after the other, and can be stopped. */
function useApplyAll() {
  const { api, store } = useAppContext();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<{ done: number; total: number; failed: number } | null>(null);
  const [stop] = useState({ wanted: false });
  const run = async (conflicts: readonly CameraConflict[]) => {
    stop.wanted = false;
    let failed = 0;
    for (const [done, { camera, proposals }] of conflicts.entries()) {
      if (stop.wanted) break;
      setProgress({ done, total: conflicts.length, failed });
      try {
        const { version } = await api.camera(camera);
        takeCamera(store, queries, await api.patchCamera(camera, version, proposals[0]?.patch ?? {}));
      } catch {
        failed += 1;
      }
    }
    setProgress(null);
    await queries.invalidateQueries();
    return failed;
  };
  return {
    progress,
    run,
    stop: () => {
      stop.wanted = true;
    },
  };
}

function Name({ conflict }: { conflict: CameraConflict }) {
  const lang = useLang();
  const camera = useApp((state) => state.cameras.get(conflict.camera));
  return <>{camera ? titleOf(camera, lang) : conflict.name || conflict.camera}</>;
}

/** What cannot well be about the cameras, with proposals: one by one, or all of a kind. */
export function Conflicts() {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const edits = useEdits();
  const selection = useApp((state) => state.selection);
  const [code, setCode] = useState<string | null>(null);
  const all = useApplyAll();
  const allowed = useAllowed('change', 'camera');
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['conflicts', lang],
    queryFn: ({ signal }) => api.conflicts(signal),
  });
  const rows = useMemo(
    () => (data?.conflicts ?? []).filter((conflict) => code === null || conflict.code === code),
    [data, code],
  );
  if (error) return <Trouble error={error} retry={() => refetch()} />;
  if (isPending) return <Skeleton active style={{ padding: 14 }} paragraph={{ rows: 10 }} />;
  const go = ({ camera, lon, lat }: CameraConflict) => {
    store.getState().select({ kind: 'camera', id: camera });
    store.getState().goTo({ lon, lat, range: 300 });
  };
  const kind = (one: string) => t(`conflict.${one}`, { defaultValue: one });
  const columns: Column<CameraConflict>[] = [
    {
      key: 'camera',
      title: t('desk.camera'),
      width: 190,
      value: ({ name, camera }) => name || camera,
      show: (conflict) => <Name conflict={conflict} />,
    },
    { key: 'id', title: t('camera.id'), value: ({ camera }) => camera, fileOnly: true },
    {
      key: 'code',
      title: t('conflict.kind'),
      width: 130,
      value: (conflict) => kind(conflict.code),
      show: (conflict) => <span className={`severity ${conflict.severity}`}>{kind(conflict.code)}</span>,
    },
    {
      key: 'text',
      title: t('conflict.text'),
      value: ({ text }) => text,
      show: ({ text }) => <span title={text}>{text}</span>,
    },
    {
      key: 'proposal',
      title: t('conflict.proposal'),
      width: 190,
      value: ({ proposals }) => proposals.map(({ text }) => text).join('; '),
      show: (conflict) => (
        <span className="proposals">
          {conflict.code === 'no-heading' && (
            <Button
              size="small"
              {...allowed}
              onClick={(event) => {
                event.stopPropagation();
                go(conflict);
                store.getState().startTask({ kind: 'direction', camera: conflict.camera });
              }}
            >
              {t('edit.setDirection')}
            </Button>
          )}
          {conflict.proposals.map(({ code: which, text, patch }) => (
            <Tooltip key={which} title={allowed.title ?? text}>
              <Button
                size="small"
                disabled={allowed.disabled === true}
                onClick={(event) => {
                  event.stopPropagation();
                  void edits.patch(conflict.camera, patch, conflict.version);
                }}
              >
                {text}
              </Button>
            </Tooltip>
          ))}
        </span>
      ),
    },
  ];
  const appliable = code === null ? [] : rows.filter(({ proposals }) => proposals.length > 0);
  return (
    <div className="scroll" id="conflicts">
      <div className="row" style={{ marginBottom: 8 }}>
        <Select<string>
          size="small"
          style={{ minWidth: 220 }}
          value={code ?? ''}
          aria-label={t('conflict.kind')}
          onChange={(value) => setCode(value === '' ? null : value)}
          options={[
            { value: '', label: `${t('conflict.all')} (${count(data.count, lang)})` },
            ...Object.entries(data.counts).map(([value, n]) => ({
              value,
              label: `${kind(value)} (${count(n, lang)})`,
            })),
          ]}
        />
        <span className="grow" />
        {all.progress ? (
          <>
            <Progress
              size="small"
              style={{ width: 140 }}
              percent={Math.round((100 * all.progress.done) / all.progress.total)}
            />
            <Button size="small" onClick={all.stop}>
              {t('conflict.stop')}
            </Button>
          </>
        ) : (
          <Tooltip title={code === null ? t('conflict.chooseKind') : undefined}>
            <Button
              size="small"
              icon={<AimOutlined />}
              disabled={appliable.length === 0 || allowed.disabled === true}
              onClick={() => void all.run(appliable)}
            >
              {t('conflict.applyAll', { count: appliable.length })}
            </Button>
          </Tooltip>
        )}
      </div>
      <DataTable
        id="conflict-table"
        rows={rows}
        columns={columns}
        rowKey={keyOf}
        onRow={go}
        chosen={rows.find(({ camera }) => selection?.kind === 'camera' && camera === selection.id)?.camera ?? null}
        file="conflicts.csv"
        around={260}
        empty={t('conflict.none')}
      />
    </div>
  );
}
