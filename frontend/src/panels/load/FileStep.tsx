import { InboxOutlined } from '@ant-design/icons';
import { Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Load } from './useLoad';

const ENDINGS = '.csv,.txt,.tsv,.xlsx,.xls,.ods,.json,.geojson,.gpkg,.xml,.osm,.pbf';

/** The file: dropped, or chosen with the mouse or the keyboard. */
export function FileStep({ load }: { load: Load }) {
  const { t } = useTranslation();
  return (
    <>
      <Upload.Dragger
        accept={ENDINGS}
        multiple={false}
        showUploadList={false}
        disabled={load.busy !== null}
        beforeUpload={(file) => {
          void load.open(file);
          return false;
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{t('load.drop')}</p>
        <p className="ant-upload-hint">{t('load.kinds')}</p>
      </Upload.Dragger>
      <p className="soft" style={{ marginTop: 12 }}>
        {t('load.nothingWritten')}
      </p>
    </>
  );
}
